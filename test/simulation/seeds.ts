/**
 * Whole clusters under drawn faults: every promise, on many seeds, a part of them in each of several files, which run
 * side by side. A failure prints its seed and what happened last; the same seed fails again in the same way.
 */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/simulation/simulate.ts';
import { failure } from './support.ts';

const seedsPerTest = 5;

export function holdSeeds(first: number, last: number): void {
  describe('a cluster under drawn faults keeps its promises (P1 to P4, P6, P7)', () => {
    for (let from = first; from <= last; from += seedsPerTest) {
      const to = Math.min(from + seedsPerTest - 1, last);
      it(`seeds ${from} to ${to}`, async () => {
        for (let seed = from; seed <= to; seed++) expect(failure(await simulate({ seed }))).toBe('');
      });
    }
  });
}
