/**
 * A node's own copy in LevelDB. One database holds frames, rows and bookmark under one-letter prefixes, because a batch
 * is atomic within a database: a crash can never leave the rows ahead of the frames or behind their mark.
 */
import { Level } from 'level';
import {
  causeOf,
  codeOf,
  type Database,
  isCorruption,
  refuseDropped,
  refuseHeadless,
  tellCorruption,
  whyUnusable,
} from './level-damage.ts';
import {
  type Bookmark,
  type Entry,
  LogConflict,
  type NodeStore,
  type RowRange,
  type Standing,
  type StoreBatch,
  StoreCorrupt,
} from './port.ts';

/** Of this layout on disk. */
const FORMAT = 1;
const frameKey = (number: number) => `f${String(number).padStart(12, '0')}`;
const rowKey = (key: string) => `r${key}`;
const BOOKMARK = 'm/bookmark';
const STANDING = 'm/standing';
/** There from the time when it was closed until something is written again. */
const CLOSED = 'm/closed';
const bytes = { valueEncoding: 'buffer' } as const;

/** The folder cannot be used; the message says why, in one sentence. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
  /** Another process, such as a running node, has it open. */
  readonly isInUse: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isInUse?: boolean } = {}) {
    super(message, options);
    this.isInUse = options.isInUse ?? false;
  }
}

export interface LevelOptions {
  /** Names the present run of the operating system: after another one, writes that were not synced may be missing. */
  readonly boot: string;
  /** Every batch will be synced. */
  readonly sync: boolean;
}

interface StoredStanding extends Standing, LevelOptions {}

const newcomer: Standing = { promised: 0, grantedTo: '', complete: false };

export class LevelStore implements NodeStore {
  readonly #db: Database;
  readonly #options: LevelOptions;
  #last = 0;
  #bookmark: Bookmark | undefined;
  #standing = newcomer;
  #wasClosed = false;
  #isUntouched = true;

  private constructor(db: Database, options: LevelOptions) {
    this.#db = db;
    this.#options = options;
  }

  /**
   * @throws {StoreUnusable} when the folder is unreadable, in use or of a newer version.
   * @throws {StoreCorrupt} when what is in it cannot be read.
   */
  static async open(folder: string, options: LevelOptions = { boot: '', sync: false }): Promise<LevelStore> {
    await refuseHeadless(folder);
    const db: Database = new Level(folder);
    try {
      await db.open();
    } catch (error) {
      if (isCorruption(error)) {
        throw new StoreCorrupt(`${folder} is damaged: ${causeOf(error)}`, { cause: error });
      }
      throw new StoreUnusable(whyUnusable(folder, error), {
        cause: error,
        isInUse: codeOf(error) === 'LEVEL_LOCKED',
      });
    }
    const store = new LevelStore(db, options);
    try {
      await refuseDropped(db, folder);
      await store.#recall(folder);
      return store;
    } catch (error) {
      await db.close();
      return tellCorruption(error);
    }
  }

  async #recall(folder: string): Promise<void> {
    const db = this.#db;
    const format = Number((await db.get('m/format')) ?? FORMAT);
    if (format > FORMAT) {
      throw new StoreUnusable(
        `${folder} was written by a newer version of Verbatim (format ${format}, this one knows ${FORMAT})`,
      );
    }
    await db.put('m/format', String(FORMAT));
    const [bookmark, standing, closed] = await db.getMany([BOOKMARK, STANDING, CLOSED]);
    this.#wasClosed = closed !== undefined;
    const [last] = await db.keys({ gte: frameKey(0), lt: 'g', reverse: true, limit: 1 }).all();
    this.#last = last ? Number(last.slice(1)) : 0;
    if (bookmark) this.#bookmark = JSON.parse(bookmark) as Bookmark;
    if (!standing) return;
    const { boot, sync, ...stored } = JSON.parse(standing) as StoredStanding;
    const isAllHere = sync || boot === this.#options.boot;
    this.#standing = { ...stored, complete: stored.complete && isAllHere };
  }

  /** Whether whoever wrote to it last closed it; else it was killed, and perhaps by what damages disks. */
  get wasClosed(): boolean {
    return this.#wasClosed;
  }

  get bookmark(): Bookmark | undefined {
    return this.#bookmark;
  }

  async last(): Promise<number> {
    return this.#last;
  }

  async append(entry: Uint8Array, number: number): Promise<void> {
    this.#expectNext(number);
    await this.#touch();
    await this.#db.put(frameKey(number), entry as unknown as string, bytes); // typed for the database's default encoding
    this.#last = number;
  }

  async read(number: number): Promise<Uint8Array | undefined> {
    return await this.#db.get<string, Uint8Array>(frameKey(number), bytes).catch(tellCorruption);
  }

  async *range(from: number, to = this.#last): AsyncIterable<Entry> {
    const options = { gte: frameKey(from), lte: frameKey(to), ...bytes };
    try {
      for await (const [key, value] of this.#db.iterator<string, Uint8Array>(options)) {
        yield { number: Number(key.slice(1)), bytes: value };
      }
    } catch (error) {
      tellCorruption(error);
    }
  }

  async write({ entries, rows, bookmark }: StoreBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    await this.#touch();
    let next = this.#last;
    // A chained batch hands each operation on at once: a third of the cost of an array of objects.
    const batch = this.#db.batch();
    for (const entry of entries) {
      if (entry.number !== ++next) {
        await batch.close();
        throw new LogConflict(`entry ${entry.number} is not the next one`);
      }
      batch.put<string, Uint8Array>(frameKey(entry.number), entry.bytes, bytes);
    }
    for (const [key, text] of rows) {
      if (text === null) batch.del(rowKey(key));
      else batch.put(rowKey(key), text);
    }
    batch.put(BOOKMARK, JSON.stringify(bookmark));
    await batch.write({ sync }).catch(tellCorruption);
    this.#last = next;
    this.#bookmark = bookmark;
  }

  get standing(): Standing {
    return this.#standing;
  }

  async stand(standing: Standing): Promise<void> {
    await this.#touch();
    const stored: StoredStanding = { ...standing, ...this.#options };
    const options = { sync: true } as object; // an option of LevelDB alone
    await this.#db.put(STANDING, JSON.stringify(stored), options).catch(tellCorruption);
    this.#standing = standing;
  }

  async truncate(after: number): Promise<void> {
    if (after >= this.#last) return;
    await this.#touch();
    const batch = this.#db.batch();
    for (let number = after + 1; number <= this.#last; number++) batch.del(frameKey(number));
    const bookmark = this.#bookmark && { ...this.#bookmark, sequence: 0 };
    if (bookmark) batch.put(BOOKMARK, JSON.stringify(bookmark));
    await batch.write({ sync: true }).catch(tellCorruption);
    this.#last = after;
    this.#bookmark = bookmark;
  }

  readRow(key: string): string | undefined {
    try {
      return this.#db.getSync(rowKey(key));
    } catch (error) {
      return tellCorruption(error);
    }
  }

  async rangeRows({ from, to, limit = -1, reverse = false }: RowRange): Promise<[string, string][]> {
    const found = await this.#db.iterator({ gte: rowKey(from), lte: rowKey(to), limit, reverse }).all();
    return found.map(([key, text]) => [key.slice(1), text]);
  }

  /** One iterator is one snapshot, and the bookmark sorts before the rows. */
  async scanRows() {
    const iterator = this.#db.iterator({ gte: BOOKMARK, lt: 's' });
    let bookmark: Bookmark | undefined;
    const first = await iterator.next();
    if (first?.[0] === BOOKMARK) bookmark = JSON.parse(first[1]) as Bookmark;
    const rows = async function* () {
      for await (const [key, text] of iterator) if (key.startsWith('r')) yield [key.slice(1), text] as const;
    };
    return { bookmark, rows: rows() };
  }

  async clearRows(): Promise<void> {
    await this.#db.clear({ gte: 'r', lt: 's' });
  }

  async probe(): Promise<void> {
    await this.#db.batch([{ type: 'put', key: 'm/probe', value: '' }], { sync: true }).catch(tellCorruption);
  }

  async close(): Promise<void> {
    if (!this.#isUntouched) await this.#db.put(CLOSED, '').catch(() => undefined); // a full disk: as if it had been killed
    await this.#db.close();
  }

  async #touch(): Promise<void> {
    if (!this.#isUntouched) return;
    this.#isUntouched = false;
    await this.#db.del(CLOSED).catch(tellCorruption);
  }

  #expectNext(number: number): void {
    if (number !== this.#last + 1) throw new LogConflict(`entry ${number} is not the next one`);
  }
}
