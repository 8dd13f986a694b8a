/**
 * Loaded into every node of a harness before its own code: a wall clock that can be set wrong, and a disk that can refuse.
 *
 * The node's wall clock is off by what the file of its name says, read when the time is asked for and at most every 20 ms.
 * Timers and the monotonic clock go on as they were, as when an operator or a time server sets a machine's clock. A limit
 * on the size of files makes every write fail, as on a full disk; the signal that comes with it would end the process.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { VERBATIM_FAULTS_CLOCKS: folder } = process.env;
const id = process.argv[process.argv.indexOf('--id') + 1];
const lookEveryMs = 20;

if (folder && id && process.argv.includes('node')) {
  process.on('SIGXFSZ', () => undefined);
  globalThis.Date = offBy(join(folder, id));
}

/** @param {string} path of a file with milliseconds; no file, or an empty one that is just being written: no change */
function offBy(path) {
  const RealDate = Date;
  let offMs = 0;
  let lookedMs = Number.NEGATIVE_INFINITY;
  const now = () => {
    if (performance.now() - lookedMs >= lookEveryMs) {
      lookedMs = performance.now();
      offMs = Number(readIfThere(path)) || offMs;
    }
    return RealDate.now() + offMs;
  };
  return new Proxy(RealDate, {
    construct: (target, args, made) => Reflect.construct(target, args.length > 0 ? args : [now()], made),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
