import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIfThere } from './setup/files.mjs';
import { setup } from './setup/steps.mjs';
import { countOf, summaryOf } from './test/count.mjs';

// `npm test`: set-up, the static checks (which count as one test), every test, and one
// closing line. Arguments go to vitest: `npm test -- --project unit`.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = join(ROOT, '.cache/test-results.json');

/** @param {string[]} args */
function succeeds(args) {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

function runTests() {
  rmSync(RESULTS, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`];
  const succeeded = succeeds([
    'node_modules/vitest/vitest.mjs',
    'run',
    ...reporters,
    ...process.argv.slice(2),
  ]);
  return countOf(readIfThere(RESULTS), succeeded);
}

async function main() {
  if (!(await setup())) return { passed: 0, failed: 1, skipped: 0 };
  const checked = succeeds(['scripts/check.mjs']);
  const { passed, failed, skipped } = runTests();
  return { passed: passed + Number(checked), failed: failed + Number(!checked), skipped };
}

const count = await main();
console.log(summaryOf(count));
if (count.failed > 0) process.exitCode = 1;
