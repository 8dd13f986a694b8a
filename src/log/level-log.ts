/**
 * A log of texts in LevelDB, for what needs no rows beside it: appended, and read from the start. What is appended at once is
 * one record, so it is there after a crash or it is not.
 */
import { Level } from 'level';
import { StoreUnusable } from './level.ts';
import { causeOf, codeOf, type Database, whyUnusable } from './level-damage.ts';

const keyOf = (number: number) => `l${String(number).padStart(12, '0')}`;

export class LevelLog {
  readonly #db: Database;
  #last = 0;

  private constructor(db: Database) {
    this.#db = db;
  }

  /** @throws {StoreUnusable} when the folder is unreadable, damaged or in use. */
  static async open(folder: string): Promise<LevelLog> {
    const db: Database = new Level(folder);
    try {
      await db.open();
      const log = new LevelLog(db);
      const [last] = await db.keys({ reverse: true, limit: 1 }).all();
      log.#last = last ? Number(last.slice(1)) : 0;
      return log;
    } catch (error) {
      await db.close().catch(() => undefined); // it may not have been opened
      const isInUse = codeOf(error) === 'LEVEL_LOCKED';
      const why = isInUse ? whyUnusable(folder, error) : `${folder} cannot be used: ${causeOf(error)}`;
      throw new StoreUnusable(why, { cause: error, isInUse });
    }
  }

  /** Left to the operating system: it survives the death of the process. */
  async append(text: string): Promise<void> {
    await this.#db.put(keyOf(++this.#last), text);
  }

  async texts(): Promise<string[]> {
    return await this.#db.values().all();
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
