/** What 3,000 seeded runs of others came to (5 to 95 %), and what courses published. */
import type { TrialFigures } from '../../src/labs/clocks/core/figures.ts';
import type { RunSettings } from '../../src/labs/clocks/core/settings.ts';

export type Band = readonly [least: number, most: number];
export type Figure = 'drift' | 'jump mean' | 'jump max' | 'queue max';
interface Reference extends Pick<RunSettings, 'stamp' | 'internal'> {
  readonly rates: readonly number[];
  readonly bands: Partial<Record<Figure, Band>>;
}

const post = { stamp: 'post', internal: 0.7 } as const;
const pre = { stamp: 'pre', internal: 0.7 } as const;
export const references: readonly Reference[] = [
  {
    ...post,
    rates: [6, 2, 1],
    bands: { drift: [49, 141], 'jump mean': [3.65, 5.18], 'jump max': [13, 27], 'queue max': [11, 34] },
  },
  { ...post, rates: [6, 4, 1], bands: { drift: [108, 184], 'jump max': [10, 22], 'queue max': [27, 54] } },
  { ...post, rates: [1, 4, 3], bands: { drift: [12, 75], 'queue max': [5, 24] } },
  { ...post, rates: [2, 3, 4], bands: { drift: [0, 6], 'jump max': [7, 14] } },
  { ...post, rates: [5, 3, 2], bands: { drift: [1, 9], 'jump max': [9, 18] } },
  { ...pre, rates: [1, 8, 8], bands: { drift: [268, 332], 'jump max': [8, 18], 'queue max': [82, 117] } },
  { ...pre, rates: [1, 5, 10], bands: { drift: [319, 404], 'jump max': [11, 25], 'queue max': [72, 107] } },
  { ...pre, rates: [1, 20, 2], bands: { drift: [843, 957], 'queue max': [156, 202] } },
  {
    ...pre,
    rates: [1, 3, 6],
    bands: { 'jump mean': [3.25, 4.65], 'jump max': [11, 25], 'queue max': [18, 44] },
  },
  { stamp: 'pre', internal: 0.4, rates: [1, 3, 6], bands: { 'queue max': [78, 110] } },
];

export function figureOf({ drift, machines }: TrialFigures, figure: Figure): number {
  const slowest = machines.reduce((a, b) => (b.rate < a.rate ? b : a));
  switch (figure) {
    case 'drift':
      return drift;
    case 'jump mean':
      return slowest.jump_mean;
    case 'jump max':
      return slowest.jump_max;
    case 'queue max':
      return Math.max(...machines.map(({ queue_max }) => queue_max));
  }
}

/** @param rates of the first reference that has them. */
export function bandsOf(rates: readonly number[]): [Figure, Band][] {
  const { bands } = references.find((one) => one.rates.join() === rates.join())!;
  return Object.entries(bands) as [Figure, Band][]; // they have no other keys
}
