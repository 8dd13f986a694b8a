import { defineConfig } from 'vitest/config';

const SECOND_MS = 1000;

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['{src,cli}/**/*.ts'],
      reportOnFailure: true,
      // What runs in processes of its own, as all end-to-end tests do, is not counted.
      reporter: ['text-summary'],
      reportsDirectory: 'coverage',
    },
    projects: [
      quick('unit', 10 * SECOND_MS),
      quick('contract', 30 * SECOND_MS),
      quick('simulation', 120 * SECOND_MS),
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120 * SECOND_MS,
          hookTimeout: 60 * SECOND_MS,
          // One real cluster at a time, and nothing beside it: on two cores a starved cluster elects.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 180 * SECOND_MS,
          hookTimeout: 60 * SECOND_MS,
          fileParallelism: false,
          // After everything else: what is measured in milliseconds here must not wait for another test.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

function quick(name: string, testTimeout: number) {
  return {
    extends: true as const,
    test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, sequence: { groupOrder: 0 } },
  };
}
