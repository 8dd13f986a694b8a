import { expect, test } from 'vitest';
import { Patience } from '../../../src/cluster/patience.ts';

const waits = (livesMs: readonly number[]) => {
  const patience = new Patience();
  return livesMs.map((livedMs) => patience.died(livedMs));
};

test('who dies now and then comes back at once, however often', () => {
  expect(new Set(waits(Array.from({ length: 50 }, () => 2_000)))).toEqual(new Set([100]));
});

test('a few deaths in a row are forgiven; then each wait is twice the last, up to five seconds', () => {
  expect(waits(Array.from({ length: 13 }, () => 0))).toEqual([
    ...[100, 100, 100, 100, 100, 200, 400, 800, 1_600, 3_200],
    ...[5_000, 5_000, 5_000],
  ]);
});

test('a life long enough makes up for any number of deaths', () => {
  expect(waits([...Array.from({ length: 100 }, () => 0), 30_000, 0]).slice(-2)).toEqual([100, 100]);
});
