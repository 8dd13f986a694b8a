import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

// `npm run check`: all that can be said about the code without running it. Each tool is quiet when
// it has nothing to say.

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @type {Record<string, string[]>} */
const TOOLS = {
  types: ['typescript/bin/tsc'],
  'types of pages': ['typescript/bin/tsc', '--project', 'tsconfig.pages.json'],
  'format and lint': ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  'dependency direction': ['dependency-cruiser/bin/dependency-cruise.mjs', '--output-type', 'err-long', '.'],
  'dead code': ['knip/bin/knip.js', '--no-progress'],
};

/**
 * @param {string} name
 * @param {string[]} tool its program below node_modules, and arguments
 */
async function check(name, [program, ...args]) {
  const started = performance.now();
  const child = spawn(process.execPath, [`node_modules/${program}`, ...args], { cwd: ROOT });
  child.stdin.end();
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${name} (${seconds} s)`);
  if (status !== 0) console.log(stdout + stderr);
  return status === 0;
}

const results = await Promise.all(Object.entries(TOOLS).map(([name, tool]) => check(name, tool)));
if (!results.every(Boolean)) process.exitCode = 1;
