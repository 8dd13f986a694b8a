import { beforeEach, describe, expect, it } from 'vitest';
import { FrameTimes } from '../../../src/observability/frame-times.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('the times of frames', () => {
  let clock: ManualClock;
  let times: FrameTimes;
  let told: [string, number][];

  beforeEach(() => {
    clock = new ManualClock();
    told = [];
    const tell = (what: string) => (seconds: number) => told.push([what, seconds]);
    times = new FrameTimes(() => clock.monotonicMs(), {
      append: tell('append'),
      commit: tell('commit'),
      whole: tell('whole'),
    });
  });

  it('are told for each step, in seconds', () => {
    times.begun(7);
    clock.pass(1);
    times.cut(7);
    clock.pass(20);
    times.stored(7);
    clock.pass(300);
    times.committed(7);
    expect(told).toEqual([
      ['append', 0.02],
      ['commit', 0.3],
      ['whole', 0.321],
    ]);
  });

  it('end together for frames that are committed together, and later for those that are not', () => {
    for (const frame of [7, 8, 9]) {
      times.begun(frame);
      times.cut(frame);
      times.stored(frame);
      clock.pass(100);
    }
    told.length = 0;
    times.committed(8);
    expect(told).toEqual([
      ['commit', 0.3],
      ['whole', 0.3],
      ['commit', 0.2],
      ['whole', 0.2],
    ]);
    told.length = 0;
    times.committed(8);
    expect(told).toEqual([]);
    clock.pass(100);
    times.committed(20);
    expect(told).toEqual([
      ['commit', 0.2],
      ['whole', 0.2],
    ]);
  });

  it('are not told of frames that a deposed leader had under way', () => {
    times.begun(7);
    times.cut(7);
    times.abandoned();
    times.stored(7);
    times.committed(7);
    expect(told).toEqual([]);
  });

  it('are not told of a frame that began with nobody watching, such as an election', () => {
    times.cut(7);
    times.stored(7);
    times.committed(7);
    expect(told).toEqual([]);
  });
});
