/**
 * A node store in memory, for tests and simulations. `crash` forgets what a real disk might have lost: everything since
 * the last synced write.
 */
import {
  type Bookmark,
  type Entry,
  LogConflict,
  type NodeStore,
  type RowRange,
  type Standing,
  type StoreBatch,
} from './port.ts';

/** How it was before a change: what a loss of power goes back to, one change after the other. */
interface Before {
  readonly entries: number;
  readonly rows: readonly (readonly [key: string, text: string | undefined])[];
  readonly bookmark: Bookmark | undefined;
}

const newcomer: Standing = { promised: 0, grantedTo: '', complete: false };

export class MemoryStore implements NodeStore {
  readonly #entries: Uint8Array[] = [];
  readonly #rows = new Map<string, string>();
  #bookmark: Bookmark | undefined;
  #standing: Standing = newcomer;
  /** Of everything since the last synced write, the latest last. */
  #unsynced: Before[] = [];

  get bookmark(): Bookmark | undefined {
    return this.#bookmark;
  }

  get standing(): Standing {
    return this.#standing;
  }

  async stand(standing: Standing): Promise<void> {
    this.#standing = standing;
    this.#unsynced = [];
  }

  async truncate(after: number): Promise<void> {
    if (after >= this.#entries.length) return;
    this.#entries.length = after;
    if (this.#bookmark) this.#bookmark = { ...this.#bookmark, sequence: 0 };
    this.#unsynced = [];
  }

  async last(): Promise<number> {
    return this.#entries.length;
  }

  async append(bytes: Uint8Array, number: number): Promise<void> {
    this.#expectNext(number);
    this.#remember([]);
    this.#entries.push(bytes);
  }

  async read(number: number): Promise<Uint8Array | undefined> {
    return this.#entries[number - 1];
  }

  async *range(from: number, to = this.#entries.length): AsyncIterable<Entry> {
    for (let number = Math.max(from, 1); number <= to; number++) {
      const bytes = this.#entries[number - 1];
      if (bytes === undefined) return;
      yield { number, bytes };
    }
  }

  async write(batch: StoreBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    for (const [index, { number }] of batch.entries.entries()) this.#expectNext(number, index);
    this.#remember(batch.rows);
    for (const { bytes } of batch.entries) this.#entries.push(bytes);
    for (const [key, text] of batch.rows) {
      if (text === null) this.#rows.delete(key);
      else this.#rows.set(key, text);
    }
    this.#bookmark = batch.bookmark;
    if (sync) this.#unsynced = [];
  }

  readRow(key: string): string | undefined {
    return this.#rows.get(key);
  }

  async rangeRows({
    from,
    to,
    limit = Number.POSITIVE_INFINITY,
    reverse = false,
  }: RowRange): Promise<[string, string][]> {
    const found = [...this.#rows]
      .filter(([key]) => compareAsUtf8(key, from) >= 0 && compareAsUtf8(key, to) <= 0)
      .sort(([a], [b]) => compareAsUtf8(a, b));
    if (reverse) found.reverse();
    return found.slice(0, limit);
  }

  async scanRows() {
    const rows = new Map(this.#rows);
    const each = async function* () {
      yield* rows;
    };
    return { bookmark: this.#bookmark, rows: each() };
  }

  async clearRows(): Promise<void> {
    this.#remember([...this.#rows]);
    this.#rows.clear();
  }

  async probe(): Promise<void> {
    this.#unsynced = [];
  }

  async close(): Promise<void> {}

  /**
   * Loss of power: back to the last synced write.
   * @param everyWriteSynced if not, nobody can tell afterwards whether something is missing.
   */
  crash(everyWriteSynced = false): void {
    for (const { entries, rows, bookmark } of this.#unsynced.splice(0).reverse()) {
      this.#entries.length = entries;
      this.#bookmark = bookmark;
      for (const [key, text] of rows) {
        if (text === undefined) this.#rows.delete(key);
        else this.#rows.set(key, text);
      }
    }
    if (!everyWriteSynced) this.#standing = { ...this.#standing, complete: false };
  }

  /** Bit rot: an entry is not what was written. */
  rot(number: number, bytes: Uint8Array): void {
    this.#entries[number - 1] = bytes;
  }

  /** Bit rot that nothing but the state hash can notice. */
  rotRow(key: string, text: string): void {
    this.#rows.set(key, text);
  }

  #expectNext(number: number, afterMore = 0): void {
    const next = this.#entries.length + afterMore + 1;
    if (number !== next) throw new LogConflict(`entry ${number} is not the next one`);
  }

  #remember(rows: readonly (readonly [key: string, text: unknown])[]): void {
    const before = rows.map(([key]) => [key, this.#rows.get(key)] as const).reverse();
    this.#unsynced.push({ entries: this.#entries.length, rows: before, bookmark: this.#bookmark });
  }
}

const firstSurrogate = 0xd800;

/** The order of LevelDB is that of UTF-8, which is JavaScript's but for what is written with surrogates. */
function compareAsUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left === right) continue;
    if (left < firstSurrogate || right < firstSurrogate) return left - right;
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return a.length - b.length;
}
