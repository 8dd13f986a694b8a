import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  committedAmong,
  groundFor,
  holds,
  type Place,
  type Pledged,
  seedHeadStartMs,
} from '../../../src/actors/replica/decide.ts';

const founding = { members: ['n1', 'n2', 'n3'], copies: 2, minCopies: 1 };
const cautious = { ...founding, minCopies: 2 };

function pledge(node: string, number: number, more: Partial<Pledged> = {}): Pledged {
  const cluster = number > 0 ? founding : null;
  const place = number > 0 ? { generation: 1, epoch: 1 } : { generation: 0, epoch: 0 };
  const held = { ...place, number, hash: `frame ${number}` };
  return { node, granted: true, complete: number > 0, ...held, mark: nothing, cluster, ...more };
}

const nothing: Place = { generation: 0, epoch: 0, number: 0, hash: 'nothing' };

const best = (...pledges: Pledged[]) => {
  const ground = groundFor(pledges, founding);
  return 'best' in ground ? ground.best.node : ground.missing;
};

describe('the ground for a new generation', () => {
  it('is the log that is furthest by generation, then epoch, then number, never by length (P1)', () => {
    const all = [
      pledge('n1', 9),
      pledge('n2', 7, { epoch: 2 }),
      pledge('n3', 5, { generation: 2, epoch: 0 }),
    ];
    expect(best(...all)).toBe('n3');
    expect(best(all[0]!, all[1]!, pledge('n3', 8))).toBe('n2');
    expect(best(all[0]!, pledge('n2', 8), pledge('n3', 8))).toBe('n1');
  });

  it('is not one that lacks what others know to be committed, however new its epoch (P1)', () => {
    const mark = { generation: 1, epoch: 6, number: 71, hash: 'frame 71' };
    const ledOn = pledge('n1', 67, { epoch: 7, mark: { ...mark, number: 66, hash: 'frame 66' } });
    const others = [pledge('n2', 71, { epoch: 6, mark }), pledge('n3', 71, { epoch: 6 })];
    const all = [ledOn, ...others];
    expect(committedAmong(all)).toEqual(mark);
    expect(all.filter((one) => holds(one, mark) === false)).toEqual([ledOn]);
    expect(groundFor(all, founding, [], ['n1'])).toMatchObject({ best: { node: 'n2' } });
  });

  it('takes an older epoch’s mark for less than a newer one’s, and nobody’s word who refuses', () => {
    const older = { generation: 1, epoch: 1, number: 90, hash: 'frame 90' };
    const newer = { generation: 1, epoch: 2, number: 80, hash: 'frame 80' };
    const pledges = [
      pledge('n1', 90, { mark: older }),
      pledge('n2', 80, { epoch: 2, mark: newer }),
      pledge('n3', 99, { epoch: 3, mark: { ...newer, epoch: 3 }, granted: false }),
    ];
    expect(committedAmong(pledges)).toEqual(newer);
  });

  it('may be told by its end alone, or by its frames only', () => {
    const frame = { generation: 2, epoch: 5, number: 7, hash: 'frame 7' };
    const end = (more: Partial<Place>) => holds({ ...frame, ...more }, frame);
    expect(end({})).toBe(true);
    expect(end({ hash: 'another' })).toBe(false);
    expect(end({ epoch: 6, number: 6 })).toBe(false);
    expect(end({ epoch: 4, number: 8 })).toBe(false);
    expect(end({ generation: 1, epoch: 9, number: 8 })).toBe(false);
    expect(end({ number: 8 })).toBeUndefined();
    expect(end({ generation: 3, epoch: 5, number: 8 })).toBeUndefined();
    expect(holds(nothing, nothing)).toBe(true);
  });

  it('is not known while a member is missing that alone may hold what was committed (P1)', () => {
    expect(best(pledge('n1', 9), pledge('n2', 7))).toEqual(['n3']);
    expect(best(pledge('n1', 9), pledge('n2', 7), pledge('n3', 9, { granted: false }))).toEqual(['n3']);
    expect(best(pledge('n1', 9), pledge('n2', 7), pledge('n3', 9, { complete: false }))).toEqual(['n3']);
    expect(best(pledge('n1', 9), pledge('n2', 7), pledge('n3', 0))).toEqual(['n3']);
    expect(best(pledge('n1', 9), pledge('n1', 9), pledge('n2', 7))).toEqual(['n3']);
  });

  it('needs fewer answers when more copies are always kept', () => {
    const two = [pledge('n1', 9, { cluster: cautious }), pledge('n2', 7, { cluster: cautious })];
    expect(groundFor(two, founding)).toEqual({ best: two[0], cluster: cautious });
    expect(groundFor(two.slice(0, 1), founding)).toEqual({ missing: ['n2', 'n3'] });
  });

  it('is that of the best log’s own configuration, not of what this node was started with', () => {
    const of = { members: ['n1', 'n4'], copies: 2, minCopies: 1 };
    const two = [pledge('n1', 9, { cluster: of }), pledge('n2', 7)];
    expect(groundFor(two, founding)).toEqual({ missing: ['n4'] });
    expect(groundFor([...two, pledge('n4', 9, { cluster: of })], founding)).toMatchObject({ cluster: of });
  });

  it('is known without those whom an operator gave up', () => {
    const two = [pledge('n1', 9), pledge('n2', 7)];
    expect(groundFor(two, founding, ['n3'])).toMatchObject({ best: { node: 'n1' } });
    expect(groundFor(two, founding, ['n1'])).toEqual({ missing: ['n3'] });
  });

  it('may be a log that is not complete: what it holds is right, it only does not vouch for more', () => {
    const longest = pledge('n3', 12, { complete: false });
    expect(groundFor([pledge('n1', 9), pledge('n2', 9), longest], founding, ['n3'])).toMatchObject({
      best: { node: 'n3' },
    });
  });

  it('is nothing at all when a cluster is founded, once everybody said so', () => {
    const all = ['n1', 'n2', 'n3'].map((node) => pledge(node, 0));
    expect(groundFor(all, founding)).toMatchObject({ best: { number: 0 }, cluster: founding });
    expect(groundFor(all.slice(1), founding)).toEqual({ missing: ['n1'] });
    expect(groundFor([], founding)).toEqual({ missing: ['n1', 'n2', 'n3'] });
  });

  it('is the very first frame when a founding was interrupted there', () => {
    const all = [pledge('n1', 1), pledge('n2', 0), pledge('n3', 0)];
    expect(groundFor(all, founding)).toMatchObject({ best: { node: 'n1' } });
  });

  // With two copies as the fewest, n1 and a disk that was lost may be all who held what was committed.
  it.each([0, 1])(
    'is not founded anew while a member is missing that may hold everything (P1): %s',
    (most) => {
      const lost = [pledge('n2', 0), pledge('n3', most, most > 0 ? { cluster: cautious } : {})];
      expect(groundFor(lost, cautious)).toEqual({ missing: expect.arrayContaining(['n1']) });
    },
  );
});

interface Node {
  /** Frames of the committed log that it has. */
  readonly has: number;
  /** Frames beyond, of an older generation, or not committed. */
  readonly beyond: number;
  readonly isForgetful: boolean;
  readonly answers: 'granted' | 'refused' | 'nothing';
}

/** Lengths of generations, each with the epochs of its frames. */
const anyHistory = fc
  .array(fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
  .map((generations) => {
    let epoch = 0;
    return generations.flatMap((steps, index) =>
      steps.map((step) => {
        epoch += step;
        return { generation: index + 1, epoch };
      }),
    );
  });

const anyNode: fc.Arbitrary<Node> = fc.record({
  has: fc.nat({ max: 12 }),
  beyond: fc.nat({ max: 3 }),
  isForgetful: fc.boolean(),
  answers: fc.constantFrom('granted' as const, 'granted' as const, 'refused' as const, 'nothing' as const),
});

/** A cluster with what was committed on at least `minCopies` of its nodes, some of which may have forgotten it since. */
const anyCluster = fc
  .record({
    history: anyHistory,
    nodes: fc.array(anyNode, { minLength: 1, maxLength: 5 }),
    holders: fc.nat(),
    least: fc.nat(),
  })
  .map(({ history, nodes, holders, least }) => {
    const minCopies = 1 + (least % nodes.length);
    const holding = minCopies + (holders % (nodes.length - minCopies + 1));
    const members = nodes.map((_, index) => `n${index + 1}`);
    const cluster = { members, copies: holding, minCopies };
    const length = history.length;
    const pledges = nodes.map((node, index): Pledged & { readonly holdsAll: boolean } => {
      const isHolder = index < holding && !(node.isForgetful && node.has < length);
      const has = isHolder ? length : Math.min(node.has, length);
      const last = history[has - 1];
      // Frames that were never committed: the newest epoch's, or of an older generation beyond where the next one began.
      const mayGoOn = last !== undefined && history[has]?.generation !== last.generation;
      const number = has + (mayGoOn ? node.beyond : 0);
      const place = last ?? { generation: 0, epoch: 0 };
      return {
        node: `n${index + 1}`,
        granted: node.answers === 'granted',
        complete: index < holding ? !node.isForgetful : !node.isForgetful && has > 0,
        ...place,
        number,
        hash: `frame ${number}`,
        mark: nothing,
        cluster: number > 0 ? cluster : null,
        holdsAll: has === length,
      };
    });
    const answered = pledges.filter((_, index) => nodes[index]!.answers !== 'nothing');
    return { history, cluster, answered };
  });

it('holds whatever was committed, whoever answers, forgot, or went on by itself (P1)', () => {
  let grounds = 0;
  fc.assert(
    fc.property(anyCluster, ({ history, cluster, answered }) => {
      const most = Math.max(0, ...answered.filter(({ granted }) => granted).map(({ number }) => number));
      fc.pre(history.length > 1 && most > 1); // founding has its own tests
      const ground = groundFor(answered, cluster);
      if (!('best' in ground)) return;
      grounds += 1;
      expect(ground.best.holdsAll).toBe(true);
    }),
    { numRuns: 3_000 },
  );
  expect(grounds).toBeGreaterThan(200);
});

it('is found whenever enough members answer that forgot nothing (P5)', () => {
  fc.assert(
    fc.property(anyCluster, ({ cluster, answered }) => {
      const counted = answered.filter(({ granted, complete, number }) => granted && complete && number > 0);
      const isEnough = counted.length >= cluster.members.length - cluster.minCopies + 1;
      // Of a cluster that was just founded everybody has to speak.
      if (isEnough && counted.every(({ number }) => number > 1))
        expect(groundFor(answered, cluster)).toHaveProperty('best');
    }),
    { numRuns: 1_000 },
  );
});

describe('who seeds first', () => {
  const first = { node: 'n2', heard: [], failures: 0, random: 0 } as const;
  const heard = (...nodes: string[]) => nodes.map((node) => ({ node, fit: false }));

  it('is the lowest of those heard, fit or not, each after the next one would have begun', () => {
    const all = heard('n1', 'n2', 'n3');
    const waits = ['n1', 'n2', 'n3'].map((node, index) =>
      seedHeadStartMs({ ...first, node, heard: all.toSpliced(index, 1), random: 0.999 }),
    );
    expect(waits.map(Math.round)).toEqual([100, 250, 400]);
    expect(seedHeadStartMs({ ...first, heard: heard('n1') })).toBe(150);
    expect(seedHeadStartMs({ ...first, heard: heard('n3') })).toBe(0);
  });

  it('is not the one that just failed: it waits twice as long each time, up to a limit (P5)', () => {
    const after = (failures: number) => seedHeadStartMs({ ...first, heard: heard('n1'), failures });
    expect([0, 1, 2, 3, 4, 9].map(after)).toEqual([150, 300, 600, 1_200, 1_200, 1_200]);
    const alone = (failures: number) => seedHeadStartMs({ ...first, failures, random: 0.5 });
    expect([0, 1, 2].map(alone)).toEqual([50, 100, 200]);
  });
});
