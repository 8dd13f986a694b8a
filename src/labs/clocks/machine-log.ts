/**
 * A machine's log, twice: in LevelDB, from which it goes on after a crash, and as a file for people and for the study.
 *
 * Both hold the same lines. The database comes first, so the file may lack the last line after a crash, or end in half a
 * one: whoever opens the log writes the file anew from the database.
 */
import { type FileHandle, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LevelLog } from '../../log/level-log.ts';
import { type Entry, entryFrom, lineOf } from './core/entry.ts';

/** Of entries that are one record. */
const batchMax = 2_000;

export class MachineLog {
  /** What it held when it was opened. */
  readonly recovered: readonly Entry[];
  readonly #level: LevelLog;
  readonly #name: string;
  readonly #file: FileHandle;
  /** Writes go one after the other. */
  #written: Promise<void> = Promise.resolve();

  private constructor(level: LevelLog, name: string, file: FileHandle, recovered: readonly Entry[]) {
    this.#level = level;
    this.#name = name;
    this.#file = file;
    this.recovered = recovered;
  }

  /** Of one trial, in a machine's database. */
  static async open(level: LevelLog, folder: string, trial: number, id: string): Promise<MachineLog> {
    const name = `trial-${trial}`;
    const texts = await level.texts(name);
    const path = logFile(folder, trial, id);
    if (texts.length > 0) {
      await writeFile(`${path}.draft`, texts.join(''));
      await rename(`${path}.draft`, path);
    }
    const lines = texts.flatMap((text) => text.split('\n').slice(0, -1));
    const entries = lines.map(entryFrom).filter((entry) => entry !== undefined);
    return new MachineLog(level, name, await open(path, 'a'), entries);
  }

  /** Resolves when they are kept. */
  append(entries: readonly Entry[]): Promise<void> {
    this.#written = this.#written.then(async () => {
      for (let from = 0; from < entries.length; from += batchMax) {
        const lines = entries.slice(from, from + batchMax).map(lineOf);
        const text = `${lines.join('\n')}\n`;
        await this.#level.append(this.#name, text);
        await this.#file.write(text);
      }
    });
    return this.#written;
  }

  async close(): Promise<void> {
    await this.#written.catch(() => undefined); // told to whoever appended
    await this.#file.close();
  }
}

/** A machine's own, for all trials of a run. @throws {StoreUnusable} */
export function openDatabase(folder: string, id: string): Promise<LevelLog> {
  return LevelLog.open(join(folder, `${id}.level`));
}

export function logFile(folder: string, trial: number, id: string): string {
  return join(folder, `trial-${trial}`, `${id}.log`);
}
