/** What LevelDB says of a folder that it cannot use, or should not: damage is told from trouble that may pass. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Level } from 'level';
import { StoreCorrupt } from './port.ts';

export type Database = Level<string, string>;

/** Why this store must not be used any more. */
const DAMAGE = 'm/damage';

/**
 * Where `CURRENT` is missing, LevelDB begins a new database among the files of the old one, and mixes them up.
 * @throws {StoreCorrupt}
 */
export async function refuseHeadless(folder: string): Promise<void> {
  const files: string[] = await readdir(folder).catch(() => []);
  const isHeadless = !files.includes('CURRENT') && files.some((file) => /^(MANIFEST-|\d+\.)/.test(file));
  if (isHeadless) throw new StoreCorrupt(`${folder} is damaged: CURRENT is missing`);
}

/**
 * LevelDB drops what fails its checksum when it reads its own log again, and goes on with what comes after: a hole that
 * only its protocol tells of, once. So it is written down.
 * @throws {StoreCorrupt}
 */
export async function refuseDropped(db: Database, folder: string): Promise<void> {
  const protocol = await readFile(join(folder, 'LOG'), 'utf8').catch(() => '');
  const dropped = /dropping \d+ bytes; .*$/m.exec(protocol)?.[0];
  if (dropped) await db.put(DAMAGE, `writes were lost: ${dropped}`);
  const damage = dropped ?? (await db.get(DAMAGE));
  if (damage) throw new StoreCorrupt(`${folder} is damaged: ${damage}`);
}

export function whyUnusable(folder: string, error: unknown): string {
  if (codeOf(error) === 'LEVEL_LOCKED') return `${folder} is in use by another process`;
  return `${folder} cannot be opened: ${causeOf(error)}`;
}

/**
 * What LevelDB calls an input error may be damage as well: a table that was cut off, and a file that is missing although
 * another one names it.
 */
const damagedFile = /\.(ldb|sst): (Invalid argument|Input\/output error)|: No such file or directory$/;

export function isCorruption(error: unknown): boolean {
  return codeOf(error) === 'LEVEL_CORRUPTION' || damagedFile.test(causeOf(error));
}

/** @throws what was caught, by its own name where it says that the store is damaged. */
export function tellCorruption(error: unknown): never {
  throw isCorruption(error) ? new StoreCorrupt(causeOf(error), { cause: error }) : error;
}

interface LevelError {
  readonly code?: string;
  readonly message?: string;
  /** When it is opened, level wraps what LevelDB said. */
  readonly cause?: LevelError;
}

export function codeOf(error: unknown): string | undefined {
  const { code, cause } = error as LevelError;
  return cause?.code ?? code;
}

export function causeOf(error: unknown): string {
  const { message, cause } = error as LevelError;
  return cause?.message ?? message ?? String(error);
}
