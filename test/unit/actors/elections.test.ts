import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headStartMs, lostTail } from '../../../src/actors/replica/decide.ts';

const fitNode = (node: string) => ({ node, fit: true });
const unfitNode = (node: string) => ({ node, fit: false });
const first = { node: 'n2', heard: [], failures: 0, random: 0.5 } as const;

const anyHeadStart = fc.record({
  strategy: fc.constantFrom('random' as const, 'lowest-id' as const),
  node: fc.constantFrom('n1', 'n2', 'n3'),
  heard: fc.uniqueArray(fc.record({ node: fc.constantFrom('n1', 'n2', 'n3', 'n4'), fit: fc.boolean() }), {
    selector: ({ node }) => node,
  }),
  failures: fc.nat({ max: 20 }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('who tries first', () => {
  it('at random: anyone, spread over 150 ms', () => {
    expect(headStartMs({ ...first, strategy: 'random', random: 0 })).toBe(0);
    expect(headStartMs({ ...first, strategy: 'random', random: 0.5 })).toBe(75);
    expect(headStartMs({ ...first, strategy: 'random', heard: [fitNode('n1')] })).toBe(75);
  });

  it('by lowest id: each waits 100 ms for every fit node with a lower id that was heard', () => {
    const wait = (...heard: { node: string; fit: boolean }[]) =>
      headStartMs({ ...first, strategy: 'lowest-id', heard });
    expect(wait()).toBe(0);
    expect(wait(fitNode('n3'))).toBe(0);
    expect(wait(fitNode('n1'))).toBe(100);
    expect(wait(fitNode('n0'), fitNode('n1'), fitNode('n3'))).toBe(200);
    expect(wait(unfitNode('n1'))).toBe(0);
  });

  it('not the one that just failed: it waits twice as long each time, up to a limit (P5)', () => {
    const after = (failures: number) =>
      headStartMs({ ...first, strategy: 'lowest-id', heard: [fitNode('n1')], failures });
    expect([0, 1, 2, 3, 4, 5, 6].map(after)).toEqual([100, 200, 400, 800, 1600, 3200, 3200]);
    expect(headStartMs({ ...first, strategy: 'lowest-id', failures: 1 })).toBeGreaterThan(0);
  });

  it('whatever happened: a wait that is bounded and never shorter after another failure', () => {
    fc.assert(
      fc.property(anyHeadStart, (headStart) => {
        const waitMs = headStartMs(headStart);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(32 * 300);
        expect(headStartMs({ ...headStart, failures: headStart.failures + 1 })).toBeGreaterThanOrEqual(
          waitMs,
        );
      }),
    );
  });
});

describe('a stream that lost its tail', () => {
  const held = (node: string, generation: number, sequence: number) => ({ node, generation, sequence });

  it('is seen by a node that has stored beyond its end (P1)', () => {
    expect(lostTail([held('n1', 1, 10), held('n3', 1, 11)], 1, 10)).toEqual(held('n3', 1, 11));
  });

  it('is not, when all that was stored is in it', () => {
    expect(lostTail([held('n1', 1, 10), held('n3', 1, 7)], 1, 10)).toBeUndefined();
    expect(lostTail([], 1, 0)).toBeUndefined();
  });

  it('is not, when it is another generation that somebody is beyond', () => {
    expect(lostTail([held('n1', 2, 99), held('n3', 1, 10)], 1, 10)).toBeUndefined();
  });
});
