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
  type StoreBatch,
} from './port.ts';

interface Contents {
  entries: Uint8Array[];
  rows: Map<string, string>;
  bookmark: Bookmark | undefined;
}

export class MemoryStore implements NodeStore {
  #now: Contents = { entries: [], rows: new Map(), bookmark: undefined };
  #synced: Contents = copy(this.#now);

  get bookmark(): Bookmark | undefined {
    return this.#now.bookmark;
  }

  async last(): Promise<number> {
    return this.#now.entries.length;
  }

  async append(bytes: Uint8Array, number: number): Promise<void> {
    if (number !== this.#now.entries.length + 1) throw new LogConflict(`entry ${number} is not the next one`);
    this.#now.entries.push(bytes);
  }

  async read(number: number): Promise<Uint8Array | undefined> {
    return this.#now.entries[number - 1];
  }

  async *range(from: number, to = this.#now.entries.length): AsyncIterable<Entry> {
    for (let number = Math.max(from, 1); number <= to; number++) {
      const bytes = this.#now.entries[number - 1];
      if (bytes === undefined) return;
      yield { number, bytes };
    }
  }

  async write(batch: StoreBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    let next = this.#now.entries.length;
    for (const { number } of batch.entries) {
      if (number !== ++next) throw new LogConflict(`entry ${number} is not the next one`);
    }
    for (const { bytes } of batch.entries) this.#now.entries.push(bytes);
    for (const [key, text] of batch.rows) {
      if (text === null) this.#now.rows.delete(key);
      else this.#now.rows.set(key, text);
    }
    this.#now.bookmark = batch.bookmark;
    if (sync) this.#synced = copy(this.#now);
  }

  readRow(key: string): string | undefined {
    return this.#now.rows.get(key);
  }

  async rangeRows({
    from,
    to,
    limit = Number.POSITIVE_INFINITY,
    reverse = false,
  }: RowRange): Promise<[string, string][]> {
    const [first, last] = [Buffer.from(from), Buffer.from(to)];
    // The order of LevelDB is that of UTF-8, which is not JavaScript's.
    const found = [...this.#now.rows]
      .map((row) => ({ row, bytes: Buffer.from(row[0]) }))
      .filter(({ bytes }) => bytes.compare(first) >= 0 && bytes.compare(last) <= 0)
      .sort((a, b) => a.bytes.compare(b.bytes));
    if (reverse) found.reverse();
    return found.slice(0, limit).map(({ row }) => row);
  }

  async scanRows() {
    const { rows, bookmark } = copy(this.#now);
    const each = async function* () {
      yield* rows;
    };
    return { bookmark, rows: each() };
  }

  async clearRows(): Promise<void> {
    this.#now.rows.clear();
  }

  async probe(): Promise<void> {
    this.#synced = copy(this.#now);
  }

  async close(): Promise<void> {}

  /** Loss of power: back to the last synced write. */
  crash(): void {
    this.#now = copy(this.#synced);
  }
}

function copy({ entries, rows, bookmark }: Contents): Contents {
  return { entries: [...entries], rows: new Map(rows), bookmark };
}
