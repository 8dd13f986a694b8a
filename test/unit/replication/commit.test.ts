import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { CommitTracker } from '../../../src/replication/commit.ts';

const hashOf = (number: number) => `hash of ${number}`;

/** A leader n1 whose first frame is 5; frame 4 was committed before it led. */
const first = 5;
let tracker: CommitTracker;

beforeEach(() => {
  tracker = leading(2);
});

function leading(copies: number): CommitTracker {
  const leader = new CommitTracker({ self: 'n1', copies, first, committed: 4 });
  for (let number = first; number <= 9; number++) leader.expect(number, hashOf(number));
  return leader;
}

const acknowledge = (node: string, number: number) => tracker.acknowledge(node, number, hashOf(number));

describe('a frame is committed', () => {
  it('when as many nodes hold it as there must be copies, and not before (P1)', () => {
    expect(acknowledge('n1', 7)).toBe(false);
    expect(tracker.committed).toBe(4);
    expect(acknowledge('n2', 6)).toBe(true);
    expect(tracker.committed).toBe(6);
    expect(acknowledge('n3', 9)).toBe(true);
    expect(tracker.committed).toBe(7);
  });

  it('only when the leader itself holds it (P1)', () => {
    expect(acknowledge('n2', 8)).toBe(false);
    expect(acknowledge('n3', 8)).toBe(false);
    expect(tracker.committed).toBe(4);
    expect(acknowledge('n1', 7)).toBe(true);
    expect(tracker.committed).toBe(7);
  });

  it('by the leader alone, when one copy is enough', () => {
    tracker = leading(1);
    expect(acknowledge('n2', 9)).toBe(false);
    expect(acknowledge('n1', 6)).toBe(true);
    expect(tracker.committed).toBe(6);
  });

  it('not by one node that says so twice', () => {
    tracker = leading(3);
    acknowledge('n1', 6);
    acknowledge('n2', 6);
    expect(acknowledge('n2', 6)).toBe(false);
    expect(acknowledge('n2', 7)).toBe(false);
    expect(tracker.committed).toBe(4);
  });

  it('not before the leader’s own first frame is (P3)', () => {
    const leader = new CommitTracker({ self: 'n1', copies: 2, first: 5, committed: 2 });
    for (const number of [3, 4, 5]) leader.expect(number, hashOf(number));
    leader.acknowledge('n1', 5, hashOf(5));
    expect(leader.acknowledge('n2', 4, hashOf(4))).toBe(false);
    expect(leader.committed).toBe(2);
    expect(leader.acknowledge('n2', 5, hashOf(5))).toBe(true);
    expect(leader.committed).toBe(5);
  });

  it('never by another frame of the same number (P2)', () => {
    acknowledge('n1', 6);
    expect(tracker.acknowledge('n2', 6, 'another hash')).toBe(false);
    expect(tracker.acknowledge('n2', 99, hashOf(99))).toBe(false);
    expect(tracker.committed).toBe(4);
  });
});

describe('when another number of copies is required', () => {
  it('fewer commit at once what waited for more (P5)', () => {
    acknowledge('n1', 7);
    expect(tracker.require(1)).toBe(true);
    expect(tracker.committed).toBe(7);
    expect(acknowledge('n1', 8)).toBe(true);
  });

  it('fewer commit nothing that the leader itself does not hold, nor what is below its first frame (P1)', () => {
    acknowledge('n2', 8);
    expect(tracker.require(1)).toBe(false);
    expect(tracker.committed).toBe(4);
  });

  it('more are waited for from then on, and what is committed stays so (P1)', () => {
    acknowledge('n1', 8);
    acknowledge('n2', 6);
    expect(tracker.require(3)).toBe(false);
    expect(tracker.committed).toBe(6);
    expect(acknowledge('n2', 8)).toBe(false);
    expect(acknowledge('n3', 5)).toBe(false);
    expect(tracker.committed).toBe(6);
    expect(acknowledge('n3', 7)).toBe(true);
    expect(tracker.committed).toBe(7);
  });

  it('the same change nothing', () => {
    acknowledge('n1', 7);
    acknowledge('n2', 6);
    expect(tracker.require(2)).toBe(false);
    expect(tracker.committed).toBe(6);
  });
});

describe('how far a node is', () => {
  it('is known also when it is behind what is committed', () => {
    acknowledge('n1', 9);
    acknowledge('n2', 9);
    expect([tracker.heldBy('n3'), tracker.committed]).toEqual([0, 9]);
    expect(acknowledge('n3', 6)).toBe(false);
    expect(tracker.heldBy('n3')).toBe(6);
    acknowledge('n3', 5);
    expect(tracker.heldBy('n3')).toBe(6);
    tracker.acknowledge('n3', 7, 'another hash');
    expect(tracker.heldBy('n3')).toBe(6);
  });

  it('is known for the last 256 committed frames, and the hashes of those before are forgotten', () => {
    const leader = new CommitTracker({ self: 'n1', copies: 1, first: 1, committed: 0 });
    for (let number = 1; number <= 300; number++) {
      leader.expect(number, hashOf(number));
      leader.acknowledge('n1', number, hashOf(number));
    }
    expect(leader.committed).toBe(300);
    leader.acknowledge('n2', 43, hashOf(43));
    expect(leader.heldBy('n2')).toBe(0);
    leader.acknowledge('n2', 44, hashOf(44));
    expect(leader.heldBy('n2')).toBe(44);
  });
});

it('commits what the rule says, and never less than before, whatever is acknowledged in whatever order (P1)', () => {
  const nodes = ['n1', 'n2', 'n3', 'n4'];
  const anyAck = fc.record({
    node: fc.constantFrom(...nodes),
    number: fc.integer({ min: 1, max: 12 }),
    right: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  });
  const anyStep = fc.oneof(
    { weight: 1, arbitrary: fc.constant('cut' as const) },
    { weight: 1, arbitrary: fc.record({ require: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 3, arbitrary: anyAck },
  );
  const steps = fc.array(anyStep, { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), steps, (initially, list) => {
      let copies = initially;
      const leader = new CommitTracker({ self: 'n1', copies, first, committed: 4 });
      const held = new Map(nodes.map((node) => [node, 0]));
      let cut = first - 1;
      let committed = 4;
      const expectRule = (advanced: boolean) => {
        const reached = (at: number) =>
          [...held.values()].filter((position) => position >= at).length >= copies;
        const before = committed;
        for (let at = first; at <= held.get('n1')!; at++)
          if (reached(at)) committed = Math.max(committed, at);
        expect(advanced).toBe(committed > before);
        expect(leader.committed).toBe(committed);
      };
      for (const step of list) {
        if (step === 'cut') leader.expect(++cut, hashOf(cut));
        else if ('require' in step) {
          copies = step.require;
          expectRule(leader.require(copies));
        } else {
          const { node, number, right } = step;
          const advanced = leader.acknowledge(node, number, right ? hashOf(number) : 'another hash');
          if (right && number >= first && number <= cut) held.set(node, Math.max(held.get(node)!, number));
          expectRule(advanced);
        }
      }
    }),
  );
});
