import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Buckets } from '../../../src/service/send-rate.ts';

/** Takes as many as there are. */
function takeAll(buckets: Buckets, user = 'u-1'): number {
  let taken = 0;
  while (taken < 100_000 && buckets.take(user) === 0) taken += 1;
  return taken;
}

it('ten seconds are given at once, then as many as the rate, to everybody their own', () => {
  let nowMs = 5_000;
  const buckets = new Buckets({ perSecond: 8 }, () => nowMs);
  expect(takeAll(buckets)).toBe(80);
  expect(takeAll(buckets, 'u-2')).toBe(80);
  nowMs += 1_000;
  expect(takeAll(buckets)).toBe(8);
  nowMs += 5_000;
  buckets.sweep();
  expect(takeAll(buckets)).toBe(40);
  nowMs += 60_000;
  buckets.sweep();
  expect(takeAll(buckets)).toBe(80);
});

it('whoever waits as long as told is given one more', () => {
  let nowMs = 0;
  const buckets = new Buckets({ perSecond: 4 }, () => nowMs);
  takeAll(buckets);
  const waitMs = buckets.take('u-1');
  expect(waitMs).toBe(250);
  nowMs += waitMs;
  expect(takeAll(buckets)).toBe(1);
});

it('without a rate there is no end', () => {
  expect(takeAll(new Buckets({ perSecond: 0 }, () => 0))).toBe(100_000);
});

it('never more than the burst and the rate, however it is asked', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat({ max: 400 })), (perSecond, pauses) => {
      let nowMs = 0;
      let taken = 0;
      const buckets = new Buckets({ perSecond }, () => nowMs);
      for (const ms of pauses) {
        nowMs += ms;
        for (let index = 0; index < 40; index++) if (buckets.take('u-1') === 0) taken += 1;
        if (ms % 3 === 0) buckets.sweep();
      }
      expect(taken).toBeLessThanOrEqual(perSecond * (10 + nowMs / 1_000) + 1e-6);
    }),
  );
});
