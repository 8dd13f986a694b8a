import { beforeEach, describe, expect, it } from 'vitest';
import type { Beat } from '../../../src/replication/messages.ts';
import { Peers } from '../../../src/replication/peers.ts';
import { emptyMark } from '../../../src/replication/rebuild.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const beat = (node: string, number = 1): Beat => ({
  node,
  generation: 1,
  epoch: 1,
  number,
  hash: '0'.repeat(64),
  mark: emptyMark,
  role: 'follower',
  successor: null,
  standsBy: false,
  healthy: false,
  fit: true,
  promised: 1,
});

let clock: ManualClock;
let peers: Peers;

beforeEach(() => {
  clock = new ManualClock();
  peers = new Peers(clock);
});

const recent = () => peers.recent(500).map(({ node }) => node);

describe('the nodes heard lately', () => {
  it('are those whose last beat is not too old, by the clock that does not jump', () => {
    peers.hear(beat('n2'));
    clock.pass(300);
    peers.hear(beat('n3'));
    clock.jumpWall(10_000_000);
    clock.pass(200);
    expect(recent()).toEqual(['n2', 'n3']);
    clock.pass(1);
    expect(recent()).toEqual(['n3']);
  });

  it('come in the order of their ids, each once and with its last beat', () => {
    for (const node of ['n3', 'n1', 'n2']) peers.hear(beat(node));
    peers.hear(beat('n3', 7));
    expect(recent()).toEqual(['n1', 'n2', 'n3']);
    expect(peers.recent(500).map(({ number }) => number)).toEqual([1, 1, 7]);
  });

  it('are without those that were forgotten, until they are heard again', () => {
    peers.hear(beat('n2'));
    peers.forget('n2');
    expect(recent()).toEqual([]);
    peers.hear(beat('n2'));
    expect(recent()).toEqual(['n2']);
  });
});

describe('a node that is absent', () => {
  it('was heard too long ago, by the clock that does not jump', () => {
    peers.hear(beat('n2'));
    clock.jumpWall(10_000_000);
    clock.pass(1_000);
    expect(peers.isAbsent('n2', 1_000)).toBe(false);
    clock.pass(1);
    expect(peers.isAbsent('n2', 1_000)).toBe(true);
  });

  it('was never heard, although it would have been', () => {
    clock.pass(1_000);
    expect(peers.isAbsent('n2', 1_000)).toBe(false);
    clock.pass(1);
    expect(peers.isAbsent('n2', 1_000)).toBe(true);
  });

  it.each([
    ['frozen', { fit: false }],
    ['bound to a newer generation', { promised: 2 }],
  ])('may be heard all the time, when it is %s (P1)', (_, more) => {
    peers.hear(beat('n2'));
    for (let beats = 0; beats < 11; beats++) {
      clock.pass(100);
      peers.hear({ ...beat('n2'), ...more });
    }
    expect([peers.isSilent('n2', 1_000), peers.isAbsent('n2', 1_000)]).toEqual([false, true]);
    peers.hear(beat('n2'));
    expect(peers.isAbsent('n2', 1_000)).toBe(false);
  });

  it('is not absent for having promised the generation that it is in, or an older one', () => {
    clock.pass(5_000);
    peers.hear({ ...beat('n2'), generation: 3, promised: 3 });
    peers.hear({ ...beat('n3'), generation: 3, promised: 2 });
    expect(['n2', 'n3'].map((node) => peers.isAbsent(node, 1_000))).toEqual([false, false]);
  });
});

describe('whoever could not hear anything', () => {
  it('says of nobody that it was silent, until it has listened for as long', () => {
    peers.hear(beat('n2'));
    clock.pass(5_000);
    expect(peers.silent(1_000)).toEqual(['n2']);
    peers.listenAnew();
    for (const node of ['n2', 'n3'])
      expect([peers.isSilent(node, 1_000), peers.isAbsent(node, 1_000)]).toEqual([false, false]);
    expect(peers.silent(1_000)).toEqual([]);
    clock.pass(1_001);
    for (const node of ['n2', 'n3'])
      expect([peers.isSilent(node, 1_000), peers.isAbsent(node, 1_000)]).toEqual([true, true]);
  });

  it('does not take anybody for heard, either', () => {
    peers.hear(beat('n2'));
    clock.pass(5_000);
    peers.listenAnew();
    expect(recent()).toEqual([]);
  });
});
