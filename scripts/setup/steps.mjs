import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchNatsServer, lookForNatsServer } from '../nats-server.mjs';
import { bundle } from './bundle.mjs';
import { dependencies } from './dependencies.mjs';
import { SetupProblem } from './files.mjs';
import { generated } from './generated.mjs';
import { withLock } from './lock.mjs';

/**
 * Set-up: everything that a fresh clone lacks, and nothing when nothing is lacking. It
 * needs no root, writes below this folder only, and may run any number of times at once.
 *
 * @typedef {{ isReady: () => boolean, run: () => unknown }} Step
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODE_OLDEST = [20, 12];

/** @param {string} sentence */
const say = (sentence) => void process.stderr.write(`${sentence}\n`);

/** @returns {Promise<boolean>} whether all is there now; what is not has been said */
export async function setup() {
  try {
    checkNode(process.versions.node);
    for (const step of steps()) await make(step);
    return true;
  } catch (error) {
    if (!isForPeople(error)) throw error;
    say(`error: ${error.message}`);
    return false;
  }
}

/**
 * A full disk or a folder that may not be written is nothing to debug either.
 * @param {unknown} error
 * @returns {error is Error}
 */
function isForPeople(error) {
  return error instanceof SetupProblem || (error instanceof Error && 'syscall' in error);
}

/** @returns {Step[]} */
function steps() {
  const place = { root: ROOT, env: process.env, platform: process.platform, say };
  const natsServer = {
    isReady: () => lookForNatsServer(place) !== undefined,
    run: () => fetchNatsServer(place),
  };
  return [dependencies(place), natsServer, generated(place), bundle(place)];
}

/**
 * Looks without the lock first, since mostly all is there, and once more with it: whoever held it
 * may have done the step.
 * @param {Step} step
 */
async function make(step) {
  if (step.isReady()) return;
  await withLock(join(ROOT, '.cache/setup.lock'), () => step.isReady() || step.run(), { say });
}

/** @param {string} version */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = NODE_OLDEST;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupProblem(
    `Verbatim needs Node.js ${NODE_OLDEST.join('.')} or later; this is ${version}. See https://nodejs.org.`,
  );
}
