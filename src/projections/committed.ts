/** The committed rows of one node: what is stored, a cache before it, and the running state hash. */
import type { Layer, Rows, Value } from './rows.ts';
import { type RowDigest, rowDigest, StateHash } from './state-hash.ts';

/** A row to write, or null to remove it. */
export type RowChange = readonly [key: string, text: string | null];

interface Cached {
  readonly value: Value;
  readonly digest: RowDigest;
}

const cachedRowsMax = 20_000;

export class CommittedRows implements Rows {
  readonly #read: (key: string) => string | undefined;
  readonly #hash: StateHash;
  /** Oldest first; reading a row moves it to the end. */
  readonly #cache = new Map<string, Cached>();

  /** @param read the stored text of a row, at once: stores answer from memory or one disk read. */
  constructor(read: (key: string) => string | undefined, stateHash?: string) {
    this.#read = read;
    this.#hash = new StateHash(stateHash);
  }

  /** Of all rows, 64 hexadecimal digits. */
  get stateHash(): string {
    return this.#hash.hex;
  }

  get(key: string): Value | undefined {
    return this.#lookUp(key)?.value;
  }

  /** Makes a layer's changes part of the committed rows and tells what has to be written for it. */
  absorb(layer: Layer): RowChange[] {
    const changes: RowChange[] = [];
    for (const [key, value] of layer.added) {
      const text = JSON.stringify(value);
      this.#hash.add(rowDigest(key, text));
      changes.push([key, text]);
    }
    for (const [key, value] of layer.changed) {
      const before = this.#lookUp(key);
      if (before) this.#hash.subtract(before.digest);
      if (value === null) {
        this.#cache.delete(key);
        changes.push([key, null]);
      } else {
        const text = JSON.stringify(value);
        const digest = rowDigest(key, text);
        this.#hash.add(digest);
        this.#keep(key, { value, digest });
        changes.push([key, text]);
      }
    }
    return changes;
  }

  #lookUp(key: string): Cached | undefined {
    const cached = this.#cache.get(key);
    if (cached) {
      this.#keep(key, cached);
      return cached;
    }
    const text = this.#read(key);
    if (text === undefined) return undefined;
    const found = { value: JSON.parse(text) as Value, digest: rowDigest(key, text) }; // our own rows: JSON that we wrote
    this.#keep(key, found);
    return found;
  }

  #keep(key: string, row: Cached): void {
    this.#cache.delete(key);
    this.#cache.set(key, row);
    if (this.#cache.size <= cachedRowsMax) return;
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest);
      break;
    }
  }
}
