/** Checks that cannot fail prove nothing: each safeguard is switched off in turn, and the checks must notice. */
import { expect, it } from 'vitest';
import { simulate } from '../../src/simulation/simulate.ts';
import type { Safeguard } from '../../src/simulation/surroundings.ts';
import type { PromiseName } from '../../src/simulation/watch.ts';

const seedsMax = 40;

it.each<[Safeguard, PromiseName[]]>([
  ['compare-and-set', ['P1', 'P2', 'P3']],
  ['wait-for-copies', ['P1']],
  ['dedupe', ['P1']],
])('without %s a promise is broken', async (without, promises) => {
  const broken = await firstBroken(without);
  expect(promises).toContain(broken?.promise);
});

async function firstBroken(without: Safeguard) {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const { broken } = await simulate({ seed, without });
    if (broken) return broken;
  }
  return undefined;
}
