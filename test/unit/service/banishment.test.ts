import { beforeEach, describe, expect, it } from 'vitest';
import { Banishment } from '../../../src/service/banishment.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';

let clock: ManualClock;
let told: string[];
let leader: Banishment;
let follower: Banishment;

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  const bus = new MemoryBus(clock);
  const journal = { notice: (line: string) => told.push(line), detail: () => undefined };
  leader = new Banishment(bus, clock, journal);
  follower = new Banishment(bus, clock, journal);
});

describe('banishment', () => {
  it('begins where it is said at once, and everywhere soon, once', async () => {
    const gone: string[] = [];
    leader.start((speaker) => gone.push(`leader: ${speaker}`));
    follower.start((speaker) => gone.push(`follower: ${speaker}`));
    leader.banish('u-1');
    expect(gone[0]).toBe('leader: u-1'); // before anything that came meanwhile is read
    leader.banish('u-1');
    await clock.advance(100);
    follower.banish('u-1');
    await clock.advance(100);
    expect(gone).toEqual(['leader: u-1', 'follower: u-1']);
    expect(told).toHaveLength(1);
  });

  it('ends after a while', async () => {
    leader.start(() => undefined);
    leader.banish('u-1');
    expect(leader.has('u-1')).toBe(true);
    await clock.advance(10_001);
    expect(leader.has('u-1')).toBe(false);
  });
});
