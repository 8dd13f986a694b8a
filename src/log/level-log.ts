/**
 * Logs of texts in one LevelDB, for what needs no rows beside it: appended, and read from the start. What is appended at once is
 * one record, so it is there after a crash or it is not.
 */
import { Level } from 'level';
import { StoreUnusable } from './level.ts';
import { causeOf, codeOf, type Database, whyUnusable } from './level-damage.ts';

/** A log's name comes first, so that its texts lie together. */
const keyOf = (name: string, number: number) => `${name}/${String(number).padStart(12, '0')}`;

export class LevelLog {
  readonly #db: Database;
  /** Of each log that was read. */
  readonly #counts = new Map<string, number>();

  private constructor(db: Database) {
    this.#db = db;
  }

  /** @throws {StoreUnusable} when the folder is unreadable, damaged or in use. */
  static async open(folder: string): Promise<LevelLog> {
    const db: Database = new Level(folder);
    try {
      await db.open();
      return new LevelLog(db);
    } catch (error) {
      await db.close().catch(() => undefined); // it may not have been opened
      const isInUse = codeOf(error) === 'LEVEL_LOCKED';
      const why = isInUse ? whyUnusable(folder, error) : `${folder} cannot be used: ${causeOf(error)}`;
      throw new StoreUnusable(why, { cause: error, isInUse });
    }
  }

  /** All that a log holds: to be asked before something is appended to it. */
  async texts(name: string): Promise<string[]> {
    const texts = await this.#db.values({ gte: keyOf(name, 0), lt: `${name}0` }).all(); // `0` comes next after `/`
    this.#counts.set(name, texts.length);
    return texts;
  }

  /** Left to the operating system: it survives the death of the process. */
  async append(name: string, text: string): Promise<void> {
    const number = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, number);
    await this.#db.put(keyOf(name, number), text);
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
