import { expect, it } from 'vitest';
import { Heartbeats, type Speaker } from '../../../src/replication/heartbeats.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';

const speaker: Speaker = {
  id: 'n1',
  role: 'follower',
  state: 'following',
  isFit: true,
  openCopy: undefined,
  leadership: undefined,
  send: () => undefined,
  contested: () => undefined,
};

it('tells operators who leads, once, and not who led when what is caught up on was written', () => {
  const told: string[] = [];
  const clock = new ManualClock();
  const journal = { notice: (line: string) => void told.push(line), detail: () => undefined };
  const heartbeats = new Heartbeats(speaker, new MemoryBus(clock), clock, journal);
  heartbeats.readLeader({ leader: 'n2', epoch: 1 });
  heartbeats.readLeader({ leader: 'n3', epoch: 2 });
  expect(heartbeats.leader).toEqual({ leader: 'n3', epoch: 2 });
  expect(told).toEqual([]);
  heartbeats.heardLeader({ leader: 'n3', epoch: 2 });
  heartbeats.heardLeader({ leader: 'n3', epoch: 2 });
  heartbeats.readLeader({ leader: 'n3', epoch: 2 });
  heartbeats.heardLeader({ leader: 'n3', epoch: 2 });
  expect(told).toEqual(['n3 leads epoch 2']);
  heartbeats.heardLeader({ leader: 'n2', epoch: 3 });
  expect(told).toEqual(['n3 leads epoch 2', 'n2 leads epoch 3']);
});
