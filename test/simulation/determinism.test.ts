/** A seed is worth printing only if it repeats the run. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { shrink } from '../../src/simulation/shrink.ts';
import { simulate } from '../../src/simulation/simulate.ts';

const durationMs = 6_000;

it('the same seed gives the same run, byte for byte', async () => {
  const first = await simulate({ seed: 7, durationMs });
  const second = await simulate({ seed: 7, durationMs });
  expect(second).toEqual(first);
});

it('another seed gives another run', async () => {
  const first = await simulate({ seed: 7, durationMs });
  const second = await simulate({ seed: 8, durationMs });
  expect(second.digest).not.toBe(first.digest);
});

it('a plan can be given instead of drawn', async () => {
  const drawn = await simulate({ seed: 9, durationMs });
  const given = await simulate({ seed: 9, durationMs, plan: drawn.plan });
  expect(given.digest).toBe(drawn.digest);
});

it('the same seed gives the same run in another process', async () => {
  const { digest } = await simulate({ seed: 11 });
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const args = ['--import', 'tsx', 'cli/main.ts', 'simulate', '--seed', '11', '--json'];
  const printed = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(JSON.parse(printed.split('\n')[0]!)).toMatchObject({ seed: 11, digest });
});

it('a run that breaks a promise is shrunk to one with fewer faults that breaks the same', async () => {
  const without = 'wait-for-copies';
  let seed = 1;
  let broken = await simulate({ seed, without });
  while (!broken.broken && seed < 40) broken = await simulate({ seed: ++seed, without });
  const { result, runs } = await shrink({ seed, without }, broken, () => false);
  expect(broken.broken?.promise).toBe('P1');
  expect(result.broken?.promise).toBe('P1');
  expect(result.plan.length).toBeLessThanOrEqual(broken.plan.length);
  expect(result.plan).toEqual([]);
  expect(runs).toBeGreaterThan(0);
});
