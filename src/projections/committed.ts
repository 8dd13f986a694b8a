/** The committed rows of one node: what is stored, a cache before it, and the running state hash. */
import type { Layer, Rows, Value } from './rows.ts';
import { type RowDigest, rowDigest, StateHash } from './state-hash.ts';

/** A row to write, or null to remove it. */
export type RowChange = readonly [key: string, text: string | null];

interface Cached {
  readonly value: Value;
  readonly digest: RowDigest;
}

/** Rows kept at hand, at most twice as many: enough for those who talk at the same time, some 20 MB. */
const cachedRowsDefault = 16_384;

export class CommittedRows implements Rows {
  readonly #read: (key: string) => string | undefined;
  readonly #hash: StateHash;
  readonly #cachedRows: number;
  /** Two generations instead of an order of use: when the young one is full it becomes the old one. */
  #young = new Map<string, Cached>();
  #old = new Map<string, Cached>();

  /** @param read the stored text of a row, at once: stores answer from memory or one disk read. */
  constructor(read: (key: string) => string | undefined, stateHash?: string, cachedRows = cachedRowsDefault) {
    this.#read = read;
    this.#hash = new StateHash(stateHash);
    this.#cachedRows = cachedRows;
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
    for (const [key, value] of layer.additions) {
      const text = JSON.stringify(value);
      this.#hash.add(rowDigest(key, text));
      changes.push([key, text]);
    }
    for (const [key, value] of layer.changed) {
      const before = this.#lookUp(key);
      if (before) this.#hash.subtract(before.digest);
      if (value === null) {
        this.#young.delete(key);
        this.#old.delete(key);
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
    const young = this.#young.get(key);
    if (young) return young;
    const found = this.#old.get(key) ?? this.#readRow(key);
    if (found) this.#keep(key, found);
    return found;
  }

  #readRow(key: string): Cached | undefined {
    const text = this.#read(key);
    // Our own rows: JSON that we wrote.
    return text === undefined ? undefined : { value: JSON.parse(text) as Value, digest: rowDigest(key, text) };
  }

  #keep(key: string, row: Cached): void {
    if (this.#young.size >= this.#cachedRows) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, row);
  }
}
