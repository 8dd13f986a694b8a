import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Stamps } from '../../../src/replication/stamps.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const minuteMs = 60_000;
const wallMs = 1_800_000_000_000;

let clock: ManualClock;

beforeEach(() => {
  clock = new ManualClock(wallMs);
});

/** What happens to a clock between two stamps; milliseconds have fractions. */
const passed = fc.double({ min: 0, max: 5_000, noNaN: true });
const anyStep = fc.record({
  passedMs: passed,
  wallJumpMs: fc.oneof(fc.constant(0), fc.integer({ min: -10 * minuteMs, max: 10 * minuteMs })),
});
const anySteps = fc.array(anyStep, { minLength: 1, maxLength: 50 });

describe('stamps', () => {
  it('never go back, whatever the wall clock does and whatever was seen (P8)', () => {
    const seen = fc.option(fc.integer({ min: -minuteMs, max: minuteMs }));
    fc.assert(
      fc.property(fc.array(fc.tuple(anyStep, seen)), (steps) => {
        const time = new ManualClock(wallMs);
        const stamps = new Stamps(time, 0);
        let last = stamps.now();
        for (const [{ passedMs, wallJumpMs }, ahead] of steps) {
          time.pass(passedMs);
          time.jumpWall(wallJumpMs);
          if (ahead !== null) stamps.saw(last + ahead);
          const now = stamps.now();
          expect(Number.isInteger(now)).toBe(true);
          expect(now).toBeGreaterThanOrEqual(Math.max(last, last + (ahead ?? 0)));
          last = now;
        }
      }),
    );
  });

  it('keep every pause within one part in twenty, whatever the wall clock does (P8)', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const time = new ManualClock(wallMs);
        const stamps = new Stamps(time, 0);
        const first = stamps.now();
        let passedMs = 0;
        for (const step of steps) {
          time.pass(step.passedMs);
          time.jumpWall(step.wallJumpMs);
          passedMs += step.passedMs;
          const pauseMs = stamps.now() - first;
          expect(pauseMs).toBeGreaterThanOrEqual(passedMs * 0.95 - 1.01); // stamps are whole milliseconds
          expect(pauseMs).toBeLessThanOrEqual(passedMs * 1.05 + 1.01);
        }
      }),
    );
  });

  it('keep pauses when they are reminded of the last stamp over and over', () => {
    const stamps = new Stamps(clock, 0);
    const first = stamps.now();
    for (let reminder = 0; reminder < 10_000; reminder++) {
      clock.pass(0.4);
      stamps.saw(first);
    }
    expect(stamps.now() - first).toBeGreaterThanOrEqual(4_000 * 0.95 - 1);
  });

  it.each([10_000, -10_000])(
    'are drawn to the wall clock when it is %d ms off, and then stay with it',
    (offMs) => {
      const stamps = new Stamps(clock, 0);
      clock.jumpWall(offMs);
      for (let second = 0; second < 100; second++) {
        clock.pass(1_000);
        stamps.now();
      }
      expect(Math.abs(stamps.now() - clock.wallMs())).toBeGreaterThan(4_000);
      for (let second = 0; second < 110; second++) {
        clock.pass(1_000);
        stamps.now();
      }
      expect(Math.abs(stamps.now() - clock.wallMs())).toBeLessThanOrEqual(1);
    },
  );

  it('begin at the wall clock, or at the last stamp where that is later', () => {
    expect(new Stamps(clock, 0).now()).toBe(wallMs);
    expect(new Stamps(clock, wallMs - 1).now()).toBe(wallMs);
    expect(new Stamps(clock, wallMs + 5_000).now()).toBe(wallMs + 5_000);
  });

  it('go on from a stamp of another node that is ahead', () => {
    const stamps = new Stamps(clock, 0);
    stamps.saw(wallMs + 5_000);
    expect(stamps.now()).toBe(wallMs + 5_000);
    clock.pass(1_000);
    expect(stamps.now()).toBe(wallMs + 5_950);
  });
});
