/** What can happen to folders: wiped, put back to an older state, damaged, full, read-only. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../../src/simulation/random.ts';
import type { Damage } from './plan.ts';

/** @returns what was done, for the record. */
export function damage(folder: string, how: Damage, random: SeededRandom): string {
  if (how === 'all-lost') {
    rmSync(folder, { recursive: true, force: true });
    return 'the folder is gone';
  }
  const files = readdirSync(folder).filter((name) => /\.(ldb|log)$|^(MANIFEST|CURRENT)/.test(name));
  const [name] = files.length > 0 ? [random.pick(files as [string])] : [];
  if (name === undefined) return 'there is nothing to damage';
  const path = join(folder, name);
  const { size } = statSync(path);
  if (how === 'file-lost') rmSync(path);
  else if (how === 'truncated') truncateSync(path, random.whole(0, size));
  else flip(path, random);
  return `${name} of ${size} bytes ${how}`;
}

function flip(path: string, random: SeededRandom): void {
  const bytes = readFileSync(path);
  if (bytes.length === 0) return;
  for (let flips = random.whole(1, 4); flips > 0; flips--) {
    const at = random.whole(0, bytes.length - 1);
    bytes[at] = bytes[at]! ^ (1 << random.whole(0, 7));
  }
  writeFileSync(path, bytes);
}

export function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}

/** In an instant: a server that is started meanwhile finds the one or the other. */
export function replaceFolder(folder: string, by: string): void {
  const away = `${folder}.away-${Date.now()}`;
  renameSync(folder, away);
  renameSync(by, folder);
  rmSync(away, { recursive: true, force: true });
}

/** A file system of its own, small enough to be filled. */
export class SmallDisk {
  readonly #folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#ballast = join(folder, 'ballast');
  }

  /** @returns undefined where this user may not mount anything. */
  static mount(folder: string, sizeMb: number): SmallDisk | undefined {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
    mkdirSync(folder, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=700`, 'tmpfs', folder]);
    return mounted.status === 0 ? new SmallDisk(folder) : undefined;
  }

  fill(): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (const size of [1 << 20, 1 << 12]) writeUntilFull(file, Buffer.alloc(size));
    } finally {
      closeSync(file);
    }
  }

  empty(): void {
    if (existsSync(this.#ballast)) rmSync(this.#ballast);
  }

  /** @returns whether it could be: not while a file is open for writing. */
  readOnly(isReadOnly: boolean): boolean {
    const options = `remount,${isReadOnly ? 'ro' : 'rw'}`;
    return spawnSync('mount', ['-o', options, this.#folder]).status === 0;
  }

  unmount(): void {
    if (spawnSync('umount', [this.#folder]).status !== 0) spawnSync('umount', ['-l', this.#folder]);
  }
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
