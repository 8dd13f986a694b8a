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

interface Contents {
  entries: Uint8Array[];
  rows: Map<string, string>;
  bookmark: Bookmark | undefined;
  standing: Standing;
}

const newcomer: Standing = { promised: 0, grantedTo: '', complete: false };

export class MemoryStore implements NodeStore {
  #now: Contents = { entries: [], rows: new Map(), bookmark: undefined, standing: newcomer };
  #synced: Contents = copy(this.#now);

  get bookmark(): Bookmark | undefined {
    return this.#now.bookmark;
  }

  get standing(): Standing {
    return this.#now.standing;
  }

  async stand(standing: Standing): Promise<void> {
    this.#now.standing = standing;
    this.#synced = copy(this.#now);
  }

  async truncate(after: number): Promise<void> {
    this.#now.entries.length = Math.min(this.#now.entries.length, after);
    if (this.#now.bookmark) this.#now.bookmark = { ...this.#now.bookmark, sequence: 0 };
    this.#synced = copy(this.#now);
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

  /**
   * Loss of power: back to the last synced write.
   * @param everyWriteSynced if not, nobody can tell afterwards whether something is missing.
   */
  crash(everyWriteSynced = false): void {
    this.#now = copy(this.#synced);
    if (!everyWriteSynced) this.#now.standing = { ...this.#now.standing, complete: false };
  }

  /** Bit rot: an entry is not what was written. */
  rot(number: number, bytes: Uint8Array): void {
    this.#now.entries[number - 1] = bytes;
    this.#synced.entries[number - 1] = bytes;
  }
}

function copy({ entries, rows, bookmark, standing }: Contents): Contents {
  return { entries: [...entries], rows: new Map(rows), bookmark, standing };
}
