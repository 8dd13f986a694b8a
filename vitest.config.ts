import { defineConfig } from 'vitest/config';

const SECOND_MS = 1000;

/** Tests that a second cluster beside theirs could disturb: they assert that nobody elects, or measure milliseconds. */
const ALONE = [
  'e2e/insiders',
  'e2e/inspector',
  'e2e/inspector-crowd',
  'e2e/watching',
  'faults/paused-follower',
].map((name) => `test/${name}.test.ts`);

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['test/support/remove-folders.ts'],
    coverage: {
      provider: 'v8',
      include: ['{src,cli}/**/*.ts'],
      reportOnFailure: true,
      // What runs in processes of its own, as all end-to-end tests do, is not counted.
      reporter: ['text-summary'],
      reportsDirectory: 'coverage',
    },
    projects: [
      // Pure, for the most part: to load every module again for each file would take as long as the tests.
      quick('unit', 10 * SECOND_MS, { isolate: false }),
      quick('contract', 30 * SECOND_MS),
      quick('simulation', 120 * SECOND_MS),
      // Three clusters at a time: most of these wait most of the time. Nothing that computes runs beside them: on two cores
      // a starved cluster elects.
      clusters('e2e', ['test/e2e/**/*.test.ts'], { exclude: ALONE, groupOrder: 1 }),
      clusters('faults', ['test/faults/**/*.test.ts'], { exclude: ALONE, groupOrder: 1 }),
      clusters('alone', ALONE, { groupOrder: 2, fileParallelism: false }),
    ],
  },
});

function quick(name: string, testTimeout: number, { isolate = true } = {}) {
  return {
    extends: true as const,
    test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, isolate, sequence: { groupOrder: 0 } },
  };
}

interface How {
  /** When its turn is: groups run one after the other. */
  readonly groupOrder: number;
  readonly exclude?: string[];
  readonly fileParallelism?: boolean;
}

/** Tests with clusters of real processes. */
function clusters(
  name: string,
  include: string[],
  { groupOrder, exclude = [], fileParallelism = true }: How,
) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      exclude,
      testTimeout: 180 * SECOND_MS,
      hookTimeout: 60 * SECOND_MS,
      fileParallelism,
      maxWorkers: fileParallelism ? 3 : 1,
      sequence: { groupOrder },
    },
  };
}
