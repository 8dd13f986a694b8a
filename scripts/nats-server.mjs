import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { debianSources } from './setup/debian.mjs';
import { isProgram, programsNamed, readIfThere, SetupProblem, writeAtomically } from './setup/files.mjs';
import { officialRelease } from './setup/release.mjs';

/**
 * Finds a nats-server that is fit to keep the log, and remembers it in `.cache/nats-server.json`
 * ({ path, version, … }) for those who start it.
 *
 * @typedef {{ path: string, version: string }} NatsServer
 * @typedef {{ name: string, fetch: (folder: string) => Promise<string> }} Source where one can be
 *   fetched from: puts what it needs into the folder and answers the program's path in it
 * @typedef {{ root: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform, say: (sentence: string) => void }} Place
 * @typedef {{ path: string, version?: string, problem?: string }} Candidate
 * @typedef {Record<string, { size: number, mtimeMs: number, version: string }>} Seen
 */

// Before this a kill -9 could lose a whole stream (nats-server #6888).
const OLDEST = '2.10.23';
// Before this some writes were not synced to the disk as they should be (nats-server #7594, #8475).
const PREFERRED = '2.12.3';

const INSTALL_ANYWHERE =
  'Unpack the archive for this machine from https://github.com/nats-io/nats-server/releases and put nats-server on the search path.';
/** @type {Partial<Record<string, string>>} */
const INSTALL = {
  darwin: 'Install it with `brew install nats-server`.',
  win32: 'Install it with `scoop install nats-server`, or run Verbatim in WSL.',
  linux: `Install your distribution's nats-server if it is ${OLDEST} or later. Otherwise: ${INSTALL_ANYWHERE[0]?.toLowerCase()}${INSTALL_ANYWHERE.slice(1)}`,
};

/**
 * What is on this machine already: `$NATS_SERVER` alone where it is set, else the best of the
 * search path and the cache.
 * @param {Place} place
 * @returns {NatsServer | undefined}
 */
export function lookForNatsServer(place) {
  const candidates = examine(place);
  const found = place.env.NATS_SERVER ? theOneNamed(place.env.NATS_SERVER, candidates) : best(candidates);
  if (found) remember(place, found, candidates);
  return found;
}

/**
 * Fetches one into the cache, from the first source that has a fit one.
 * @param {Place} place
 * @param {Source[]} [sources]
 * @returns {Promise<NatsServer | undefined>}
 */
export async function fetchNatsServer(place, sources = [...debianSources(place.env), officialRelease()]) {
  const problems = examine(place).map(({ path, problem }) => `${path} ${problem}`);
  for (const source of sources) {
    place.say(`Fetching nats-server from ${source.name}…`);
    try {
      await fetchIntoCache(source, place);
      return lookForNatsServer(place);
    } catch (error) {
      problems.push(`${source.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new SetupProblem(advice(problems, place.platform));
}

/**
 * @param {Source} source
 * @param {Place} place
 */
async function fetchIntoCache(source, { root, platform }) {
  mkdirSync(cacheOf(root), { recursive: true });
  const draft = mkdtempSync(join(cacheOf(root), '.draft-'));
  try {
    const program = await source.fetch(draft);
    chmodSync(program, 0o755);
    const { version, problem } = judge(program, versionOf(program, {}));
    if (!version || problem) throw new Error(`what it has ${problem}`);
    mkdirSync(join(cacheOf(root), version), { recursive: true });
    renameSync(program, join(cacheOf(root), version, programName(platform)));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * @param {Place} place
 * @returns {Candidate[]}
 */
function examine({ root, env, platform }) {
  const seen = recall(root)?.seen ?? {};
  const paths = env.NATS_SERVER
    ? [resolve(env.NATS_SERVER)]
    : [...programsNamed('nats-server', env, platform), ...cached(root, platform)];
  return paths.map((path) => judge(path, versionOf(path, seen)));
}

/**
 * @param {string} path
 * @param {string | undefined} version
 * @returns {Candidate}
 */
function judge(path, version) {
  if (!version) return { path, problem: 'is not a nats-server that runs here' };
  if (isOlder(version, OLDEST)) {
    const reason = `before ${OLDEST} a kill -9 could lose the whole log (nats-server #6888)`;
    return { path, version, problem: `is version ${version}, which is too old: ${reason}` };
  }
  return { path, version };
}

/**
 * @param {string} name
 * @param {Candidate[]} candidates
 * @returns {NatsServer}
 */
function theOneNamed(name, [candidate]) {
  if (candidate?.version && !candidate.problem) return { path: candidate.path, version: candidate.version };
  // Whoever sets the variable wants that one: taking another in silence would hide the mistake.
  throw new SetupProblem(
    `NATS_SERVER=${name} ${candidate?.problem}. Point it at ${OLDEST} or later, or unset it.`,
  );
}

/**
 * @param {Candidate[]} candidates in order of preference
 * @returns {NatsServer | undefined}
 */
function best(candidates) {
  const fit = candidates.flatMap(({ path, version, problem }) =>
    version && !problem ? [{ path, version }] : [],
  );
  return fit.find(({ version }) => !isOlder(version, PREFERRED)) ?? fit[0];
}

/**
 * Asks the program, unless it was asked before and is still the same file.
 * @param {string} path
 * @param {Seen} seen
 * @returns {string | undefined}
 */
function versionOf(path, seen) {
  if (!isProgram(path)) return undefined;
  const known = seen[path];
  const { size, mtimeMs } = statSync(path);
  if (known?.size === size && known.mtimeMs === mtimeMs) return known.version;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return /nats-server: v?(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
}

/**
 * @param {string} version
 * @param {string} than
 */
function isOlder(version, than) {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}

/**
 * @param {string} root
 * @returns {(NatsServer & { seen: Seen }) | undefined}
 */
function recall(root) {
  try {
    return JSON.parse(readIfThere(memoryOf(root)) ?? '');
  } catch {
    return undefined;
  }
}

/**
 * @param {Place} place
 * @param {NatsServer} found
 * @param {Candidate[]} candidates
 */
function remember({ root, say }, { path, version }, candidates) {
  const before = recall(root);
  const seen = Object.fromEntries(candidates.flatMap((candidate) => sighting(candidate)));
  const now = { path, version, seen };
  if (JSON.stringify(now) === JSON.stringify(before)) return;
  writeAtomically(memoryOf(root), `${JSON.stringify(now)}\n`);
  if (before?.path !== path || before.version !== version) say(introduction(path, version));
}

/**
 * @param {Candidate} candidate
 * @returns {[string, Seen[string]][]}
 */
function sighting({ path, version }) {
  if (!version) return [];
  const { size, mtimeMs } = statSync(path);
  return [[path, { size, mtimeMs, version }]];
}

/**
 * @param {string} path
 * @param {string} version
 */
function introduction(path, version) {
  const using = `Using nats-server ${version} (${path}).`;
  if (!isOlder(version, PREFERRED)) return using;
  return `${using} ${PREFERRED} or later would be better: earlier ones had bugs in syncing to the disk.`;
}

/**
 * @param {string[]} problems
 * @param {string} platform
 */
function advice(problems, platform) {
  const tried = problems.map((problem) => `\n  - ${problem}`).join('');
  return `there is no fit nats-server (${PREFERRED} or later is best, ${OLDEST} the oldest that will do).${tried}
${INSTALL[platform] ?? INSTALL_ANYWHERE}
Then try again. A program that is not on the search path is named by NATS_SERVER=/path/to/nats-server.`;
}

/**
 * Newest first.
 * @param {string} root
 * @param {NodeJS.Platform} platform
 */
function cached(root, platform) {
  return versionsIn(cacheOf(root))
    .sort((a, b) => (isOlder(a, b) ? 1 : -1))
    .map((version) => join(cacheOf(root), version, programName(platform)))
    .filter(isProgram);
}

/** @param {string} cache */
function versionsIn(cache) {
  try {
    return readdirSync(cache).filter((name) => /^\d/.test(name));
  } catch {
    return [];
  }
}

/** @param {NodeJS.Platform} platform */
function programName(platform) {
  return platform === 'win32' ? 'nats-server.exe' : 'nats-server';
}

/** @param {string} root */
function cacheOf(root) {
  return join(root, '.cache/nats-server');
}

/** @param {string} root */
function memoryOf(root) {
  return join(root, '.cache/nats-server.json');
}
