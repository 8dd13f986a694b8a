import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/events/domain.ts';
import { GENESIS_HASH } from '../../../src/events/frame.ts';
import { emptyTail, examine, opensEpoch, type Tail, tailOf } from '../../../src/replication/tail.ts';
import { frameAfter } from '../../support/frame-chain.ts';

const seeded: DomainEvent = {
  type: 'Seeded',
  at: 10,
  data: { generation: 1, base: { number: 0, hash: GENESIS_HASH }, members: ['n1'], minCopies: 1, copies: 1 },
};
const elected: DomainEvent = {
  type: 'LeaderElected',
  at: 11,
  data: { node: 'n1', members: ['n1'], copies: 1 },
};
const quiet: DomainEvent = { type: 'SessionQuieted', at: 12, data: { session: 's-1' } };

const first = frameAfter(emptyTail, [seeded], { epoch: 0 });
const second = frameAfter(tailOf(first), [elected]);
const third = frameAfter(tailOf(second), [quiet, quiet, { ...quiet, at: 13 }]);
const tail = tailOf(third);

const damage = (words: string) => ({ damage: expect.stringContaining(words) });
const otherHash = 'a'.repeat(64);

describe('the tail of a log', () => {
  it('is where its last frame ends', () => {
    expect(tail).toEqual({
      generation: 1,
      epoch: 1,
      number: 3,
      position: 5,
      hash: third.hash,
      clock: third.header.clock + 2,
      at: 13,
    });
  });

  it('is nothing before the first frame', () => {
    expect(emptyTail).toMatchObject({ number: 0, position: 0, hash: GENESIS_HASH });
  });
});

describe('a frame is', () => {
  it('next when it continues the chain in number, position, hash and epoch', () => {
    expect(examine(emptyTail, first)).toBe('next');
    expect(examine(tailOf(first), second)).toBe('next');
    expect(examine(tailOf(second), third)).toBe('next');
  });

  it('next when it opens the next epoch', () => {
    expect(examine(tail, frameAfter(tail, [elected]))).toBe('next');
    expect(examine(tail, frameAfter(tail, [elected], { epoch: 7 }))).toBe('next');
  });

  it('next when it opens the next generation', () => {
    expect(examine(tail, frameAfter(tail, [{ ...seeded }], { generation: 2, epoch: 2 }))).toBe('next');
  });

  it('known when it is the last one, byte for byte', () => {
    expect(examine(tail, third)).toBe('known');
  });

  it('stale when it is of an older epoch or generation, whatever else it is (P3)', () => {
    const later: Tail = { ...tail, epoch: 3 };
    expect(examine(later, frameAfter(tail, [quiet]))).toBe('stale');
    expect(examine(later, frameAfter(tail, [elected], { epoch: 2 }))).toBe('stale');
    expect(examine(later, frameAfter(tail, [quiet], { number: 99, prev: otherHash }))).toBe('stale');
    expect(examine({ ...tail, generation: 2, epoch: 0 }, frameAfter(tail, [quiet], { epoch: 9 }))).toBe(
      'stale',
    );
  });

  it('damage when it comes too early or too late', () => {
    expect(examine(tail, frameAfter(tail, [quiet], { number: 5 }))).toEqual(
      damage('frame 5 follows frame 3'),
    );
    expect(examine(tail, second)).toEqual(damage('frame 2 follows frame 3'));
    expect(examine(emptyTail, frameAfter(emptyTail, [quiet], { number: 2 }))).toEqual(
      damage('frame 2 follows frame 0'),
    );
  });

  it('damage when another stands at its number', () => {
    expect(examine(tail, frameAfter(tailOf(second), [quiet]))).toEqual(damage('frame 3 follows frame 3'));
  });

  it('damage when it does not carry the hash of the frame before', () => {
    expect(examine(tail, frameAfter(tail, [quiet], { prev: otherHash }))).toEqual(
      damage('frame 4 does not continue the chain'),
    );
    expect(examine(tail, frameAfter(tail, [elected], { prev: otherHash }))).toEqual(
      damage('does not continue the chain'),
    );
  });

  it('damage when positions have a gap or overlap', () => {
    expect(examine(tail, frameAfter(tail, [quiet], { position: 7 }))).toEqual(damage('position 7 after 5'));
    expect(examine(tail, frameAfter(tail, [quiet], { position: 5 }))).toEqual(damage('position 5 after 5'));
  });

  it('damage when nobody was elected for its epoch (P3)', () => {
    expect(examine(tail, frameAfter(tail, [quiet], { epoch: 2 }))).toEqual(damage('epoch 2'));
    expect(examine(tail, frameAfter(tail, [quiet, elected], { epoch: 2 }))).toEqual(damage('epoch 2'));
  });

  it('damage when it elects a leader for an epoch that has one (P3)', () => {
    expect(examine(tail, frameAfter(tail, [elected], { epoch: 1 }))).toEqual(damage('epoch 1'));
  });

  it('damage when time or clock goes back', () => {
    expect(
      examine(
        tail,
        frameAfter(tail, [quiet], {}, () => tail.at - 1),
      ),
    ).toEqual(damage('back in time'));
    expect(examine(tail, frameAfter(tail, [quiet], { clock: tail.clock }))).toEqual(damage('Lamport'));
  });

  it('damage when another than the elected node wrote it', () => {
    expect(examine(tail, frameAfter(tail, [elected], { leader: 'n2' }))).toEqual(damage('elects n1, but n2'));
  });

  it('damage when nothing was seeded in its generation', () => {
    expect(examine(tail, frameAfter(tail, [quiet], { generation: 2 }))).toEqual(damage('generation 2'));
    expect(examine(tail, frameAfter(tail, [elected], { generation: 2, epoch: 2 }))).toEqual(
      damage('generation 2'),
    );
  });
});

it('an epoch is opened by the first event of a frame alone', () => {
  expect([first, second, third].map(opensEpoch)).toEqual([true, true, false]);
  expect(opensEpoch(frameAfter(tail, [quiet, elected]))).toBe(false);
});
