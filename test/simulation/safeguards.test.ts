/**
 * Checks that cannot fail prove nothing: each safeguard is switched off in turn, and the checks must notice. With the
 * same faults and all safeguards on, they must find nothing.
 */
import { expect, it } from 'vitest';
import { mixes } from '../../src/simulation/mixes.ts';
import { type Safeguard, safeguardNames } from '../../src/simulation/safeguards.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { failure } from './support.ts';

const seedsMax = 60;

it.each(safeguardNames)('without %s a promise is broken', async (without) => {
  expect(await seedsUntilBroken(without)).toBeLessThanOrEqual(seedsMax);
});

it.each(Object.entries(mixes))('with %s the same faults break nothing', async (_, mix) => {
  for (let seed = 1; seed <= 3; seed++) expect(failure(await simulate({ seed, mix }))).toBe('');
});

async function seedsUntilBroken(without: Safeguard): Promise<number> {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const { broken } = await simulate({ seed, without });
    if (broken) return seed;
  }
  return Number.POSITIVE_INFINITY;
}
