import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** A failure that the person at the terminal can act on: shown as its message, without a stack. */
export class SetupProblem extends Error {}

/**
 * Readers see the old text or the new one, never half of it.
 * @param {string} path
 * @param {string} text
 */
export function writeAtomically(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}

/**
 * @param {string} path
 * @returns {string | undefined} what the file says, undefined when there is none
 */
export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * One hash over the names and contents of files and of all that lies in folders. Contents, not
 * times: a checkout that goes back and forth between branches changes only the times.
 * @param {string} root
 * @param {string[]} names
 */
export function digestOf(root, names) {
  const hash = createHash('sha256');
  for (const name of names.flatMap((given) => filesIn(root, given))) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(root, name)))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} name
 * @returns {string[]}
 */
function filesIn(root, name) {
  const stat = statSync(join(root, name), { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [name];
  return readdirSync(join(root, name))
    .sort()
    .flatMap((child) => filesIn(root, `${name}/${child}`));
}

/**
 * Every program of that name on the search path, first found first.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} [platform]
 */
export function programsNamed(name, env, platform = process.platform) {
  const file = platform === 'win32' ? `${name}.exe` : name;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...new Set(folders.map((folder) => join(folder, file)))].filter(isProgram);
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
