import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram, programsNamed } from './files.mjs';

/**
 * Debian's stable nats-server can be too old, but the one of a newer suite needs only libc and
 * runs as it is. It is taken from the machine's own mirror, with a list of sources and all of
 * apt's folders our own: the system's sources, lists and packages stay as they are, apt checks the
 * archive's signature as always, and root is not needed.
 */

const SUITES = ['sid', 'trixie'];
const KEYRINGS = ['debian-archive-keyring.gpg', 'debian-archive-keyring.pgp'].map((name) =>
  join('/usr/share/keyrings', name),
);
const MIRRORS_TRIED_MAX = 3;
const TIMEOUT_MS = 40_000;

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} keyrings
 * @returns {import('../nats-server.mjs').Source[]} none where apt or Debian's keys are not there
 */
export function debianSources(env, keyrings = KEYRINGS) {
  const keyring = keyrings.find((path) => existsSync(path));
  const tools = ['apt-get', 'dpkg', 'dpkg-deb'].every((tool) => programsNamed(tool, env).length > 0);
  if (!tools || !keyring) return [];
  return SUITES.map((suite) => ({
    name: `Debian ${suite}`,
    fetch: async (folder) => fetchFromSuite(suite, keyring, folder, env),
  }));
}

/**
 * @param {string} suite
 * @param {string} keyring
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
function fetchFromSuite(suite, keyring, folder, env) {
  const noLists = `Dir::State::Lists=${emptyLists(folder, 'none')}`;
  const mirrors = mirrorsIn(run('apt-get', ['--print-uris', 'update', '-o', noLists], folder, env));
  const processor = run('dpkg', ['--print-architecture'], folder, env).trim();
  const options = `[arch=${processor} signed-by=${keyring} target=Packages]`;
  const failures = [];
  for (const [number, mirror] of mirrors.entries()) {
    try {
      return fetchFromMirror(`deb ${options} ${mirror} ${suite} main`, join(folder, String(number)), env);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(failures.join('; ') || "apt's configuration names no mirror");
}

/**
 * The addresses apt would update from. Debian's archive is by custom at a path that ends in
 * `debian`; others are tried after it, and fail on the signature where they are something else.
 * @param {string} uris what `apt-get --print-uris update` says
 */
export function mirrorsIn(uris) {
  const bases = [...uris.matchAll(/^'(\S+?)\/+dists\/[^\s']+\/InRelease'/gm)].map((match) => match[1] ?? '');
  const archives = [...new Set(bases)].filter((base) => !base.includes('security'));
  const isUsual = (/** @type {string} */ base) => Number(base.endsWith('/debian'));
  return archives.sort((a, b) => isUsual(b) - isUsual(a)).slice(0, MIRRORS_TRIED_MAX);
}

/**
 * @param {string} sourceLine
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
function fetchFromMirror(sourceLine, folder, env) {
  const config = writeConfig(sourceLine, folder);
  run('apt-get', ['-c', config, '-q', 'update'], folder, env);
  run('apt-get', ['-c', config, '-q', 'download', 'nats-server'], folder, env);
  const archive = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (!archive) throw new Error('apt-get download brought nothing');
  run('dpkg-deb', ['-x', archive, 'unpacked'], folder, env);
  const program = ['usr/sbin', 'usr/bin']
    .map((path) => join(folder, 'unpacked', path, 'nats-server'))
    .find(isProgram);
  if (!program) throw new Error('the package holds no nats-server');
  return program;
}

/**
 * Read after the machine's own configuration, which may name a proxy that is needed. What would
 * touch the system is cleared: hooks that run after an update, pins and the default release.
 * @param {string} sourceLine
 * @param {string} folder
 */
function writeConfig(sourceLine, folder) {
  const lists = emptyLists(folder, 'lists');
  mkdirSync(join(folder, 'archives/partial'), { recursive: true });
  writeFileSync(join(folder, 'sources.list'), `${sourceLine}\n`);
  writeFileSync(join(folder, 'status'), '');
  const config = `
Dir::Etc::sourcelist "${folder}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "${folder}";
Dir::State::Lists "${lists}";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}";
Dir::Cache::archives "${folder}/archives";
#clear APT::Default-Release;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
// apt's own user may not enter a folder below somebody's home.
APT::Sandbox::User "root";
// Otherwise an update that got nothing counts as done, and the reason is lost.
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "10";
Acquire::https::Timeout "10";
`;
  writeFileSync(join(folder, 'apt.conf'), config);
  return join(folder, 'apt.conf');
}

/**
 * @param {string} folder
 * @param {string} name
 */
function emptyLists(folder, name) {
  mkdirSync(join(folder, name, 'partial'), { recursive: true });
  return join(folder, name);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 */
function run(program, args, cwd, env) {
  const options = { cwd, env: { ...env, LC_ALL: 'C' }, timeout: TIMEOUT_MS };
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (error) throw new Error(`${program}: ${error.message}`);
  if (status !== 0) throw new Error(`${program}: ${firstError(stderr)}`);
  return stdout;
}

/** @param {string} stderr */
function firstError(stderr) {
  const lines = stderr.split('\n').filter(Boolean);
  return lines.find((line) => line.startsWith('E: '))?.slice(3) ?? lines.at(-1) ?? 'failed without a word';
}
