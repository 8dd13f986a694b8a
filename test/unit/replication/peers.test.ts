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
  healthy: false,
  fit: true,
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
