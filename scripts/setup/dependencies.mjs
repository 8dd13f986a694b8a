import { spawnSync } from 'node:child_process';
import { accessSync, constants, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { digestOf, readIfThere, SetupProblem, writeAtomically } from './files.mjs';

/**
 * The packages, exactly as package-lock.json names them. The stamp lies inside node_modules, so
 * that it goes when they go.
 * @param {{ root: string, env: NodeJS.ProcessEnv, say: (sentence: string) => void }} place
 */
export function dependencies({ root, env, say }) {
  const stamp = join(root, 'node_modules/.verbatim-setup');
  // The platform counts too: a folder shared with a container has the wrong native parts for one of the two.
  const wanted = () => `${process.platform}-${process.arch} ${digestOf(root, ['package-lock.json'])}`;
  return {
    isReady: () => readIfThere(stamp) === wanted(),
    run() {
      say('Installing the packages (npm ci)…');
      rmSync(stamp, { force: true });
      const [program, ...args] = npm(env);
      // Whoever has set NODE_ENV=production still needs the bundler, which is a development package.
      const options = [
        '--include=dev',
        '--loglevel=error',
        '--no-update-notifier',
        ...cacheOption(root, env),
      ];
      const stdio = /** @type {import("node:child_process").StdioOptions} */ ([
        'ignore',
        'ignore',
        'inherit',
      ]);
      const { status, error } = spawnSync(program, [...args, 'ci', ...options], { cwd: root, env, stdio });
      if (error)
        throw new SetupProblem(`npm could not be started (${error.message}); install it with Node.js`);
      if (status !== 0) throw new SetupProblem('npm ci failed; what it said stands above');
      writeAtomically(stamp, wanted());
    },
  };
}

/**
 * Under `npm start` the npm that was called goes on, not the first one on the path. Other package
 * managers set the same variable and would not understand `ci`.
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, ...string[]]}
 */
function npm(env) {
  const caller = env.npm_execpath;
  return caller && basename(caller) === 'npm-cli.js' ? [process.execPath, caller] : ['npm'];
}

/**
 * npm keeps its cache in the home folder. Where there is no such folder to write to, as for a
 * system user or in a container, the cache lies with ours.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
function cacheOption(root, env) {
  try {
    accessSync(env.HOME ?? homedir(), constants.W_OK);
    return [];
  } catch {
    return ['--cache', join(root, '.cache/npm')];
  }
}
