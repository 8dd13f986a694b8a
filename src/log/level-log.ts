/** A log of lines in LevelDB, for what needs no rows beside it: appended in batches, read from the start. */
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

  /** All of them, or none: left to the operating system, they survive the death of the process. */
  async append(lines: readonly string[]): Promise<void> {
    const batch = this.#db.batch();
    for (const line of lines) batch.put(keyOf(++this.#last), line);
    await batch.write();
  }

  async lines(): Promise<string[]> {
    return await this.#db.values().all();
  }

  async close(): Promise<void> {
    await this.#db.close();
  }
}
