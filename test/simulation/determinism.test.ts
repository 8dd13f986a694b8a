/** A seed is worth printing only if it repeats the run. */
import { expect, it } from 'vitest';
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
