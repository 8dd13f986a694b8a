/**
 * Whole clusters under drawn faults: every promise, on many seeds. A failure prints its seed and what happened last; the
 * same seed fails again in the same way.
 */
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/simulation/simulate.ts';
import { failure } from './support.ts';

const groups = 6;
const seedsPerGroup = 8;

describe('a cluster under drawn faults keeps its promises (P1 to P4, P6, P7)', () => {
  for (let group = 0; group < groups; group++) {
    const first = group * seedsPerGroup + 1;
    it(`seeds ${first} to ${first + seedsPerGroup - 1}`, async () => {
      for (let seed = first; seed < first + seedsPerGroup; seed++) {
        expect(failure(await simulate({ seed }))).toBe('');
      }
    });
  }
});
