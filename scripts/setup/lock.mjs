import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readIfThere, SetupProblem } from './files.mjs';

const POLL_MS = 100;
const PATIENCE_MS = 300_000;

/**
 * Runs the action while no other process runs one under the same lock file. The file names its
 * holder, so that the lock of one that was killed is taken over.
 * @template T
 * @param {string} path
 * @param {() => T | Promise<T>} action
 * @param {{ say?: (sentence: string) => void, patienceMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(path, action, { say = () => {}, patienceMs = PATIENCE_MS } = {}) {
  await acquire(path, say, patienceMs);
  try {
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * @param {string} path
 * @param {(sentence: string) => void} say
 * @param {number} patienceMs
 */
async function acquire(path, say, patienceMs) {
  const givesUpAt = Date.now() + patienceMs;
  let told = false;
  while (!claim(path)) {
    const holder = Number(readIfThere(path));
    if (holder && !isAlive(holder)) {
      discard(path, holder);
      continue;
    }
    if (Date.now() > givesUpAt) {
      throw new SetupProblem(
        `another set-up (process ${holder}) does not finish; if there is none, delete ${path} and try again`,
      );
    }
    if (!told) say('Waiting for another set-up to finish…');
    told = true;
    await sleep(POLL_MS);
  }
}

/**
 * A link appears with its content already in it; a file that is created and then written would
 * for a moment have no holder.
 * @param {string} path
 */
function claim(path) {
  const draft = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Two waiters may find the same dead holder, and the slower one then moves the live lock of the
 * faster one away: it looks at what it moved, and puts that back.
 * @param {string} path
 * @param {number} deadHolder
 */
function discard(path, deadHolder) {
  const aside = `${path}.dead-${process.pid}`;
  try {
    renameSync(path, aside);
    if (Number(readIfThere(aside)) !== deadHolder) linkSync(aside, path);
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return isCode(error, 'EPERM');
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function isCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
