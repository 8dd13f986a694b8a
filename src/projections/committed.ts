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
const cachedRows = 16_384;

export class CommittedRows implements Rows {
  readonly #read: (key: string) => string | undefined;
  readonly #hash: StateHash;
  /** Two generations instead of an order of use: when the young one is full it becomes the old one. */
  #young = new Map<string, Cached>();
  #old = new Map<string, Cached>();
  /** Absorbed and on their way to the store, null for a deletion: until `written`, what the store says is outdated. */
  #unwritten = new Map<string, Cached | null>();

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

  /** Makes a layer's changes part of the committed rows and tells what has to be written for it before `written`. */
  absorb({ additions, changed }: Layer): RowChange[] {
    return [
      ...this.absorbAdditions(additions),
      ...[...changed].map(([key, value]) => this.#change(key, value)),
    ];
  }

  absorbAdditions(additions: ReadonlyMap<string, Value>): RowChange[] {
    const changes: RowChange[] = [];
    for (const [key, value] of additions) {
      const text = JSON.stringify(value);
      this.#hash.add(rowDigest(key, text));
      changes.push([key, text]);
    }
    return changes;
  }

  #change(key: string, value: Value | null): RowChange {
    const before = this.#lookUp(key);
    if (before) this.#hash.subtract(before.digest);
    if (value === null) {
      this.#young.delete(key);
      this.#old.delete(key);
      this.#unwritten.set(key, null);
      return [key, null];
    }
    const text = JSON.stringify(value);
    const digest = rowDigest(key, text);
    this.#hash.add(digest);
    const row = { value, digest };
    this.#keep(key, row);
    this.#unwritten.set(key, row);
    return [key, text];
  }

  /** The store holds everything absorbed. */
  written(): void {
    this.#unwritten.clear();
  }

  #lookUp(key: string): Cached | undefined {
    const young = this.#young.get(key);
    if (young) return young;
    const unwritten = this.#unwritten.get(key);
    if (unwritten !== undefined) return unwritten ?? undefined;
    const found = this.#old.get(key) ?? this.#readRow(key);
    if (found) this.#keep(key, found);
    return found;
  }

  #readRow(key: string): Cached | undefined {
    const text = this.#read(key);
    // Our own rows: JSON that we wrote.
    return text === undefined
      ? undefined
      : { value: JSON.parse(text) as Value, digest: rowDigest(key, text) };
  }

  #keep(key: string, row: Cached): void {
    if (this.#young.size >= cachedRows) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, row);
  }
}
