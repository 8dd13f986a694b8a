/** When queues grow: the notebook's rule and the better one, as predictions over random rates. */
import { expect, it } from 'vitest';
import { predictionsOf, scoreOf } from '../../../src/labs/clocks/core/queue-rule.ts';
import { machinesOf } from '../../../src/labs/clocks/core/settings.ts';
import { rulesTried } from '../../../src/labs/clocks/core/study.ts';
import { seeded } from '../../../src/labs/clocks/virtual-run.ts';

it('have the sign right for 95 of 100 machines outside ± 10 % of the threshold', () => {
  const predictions = rulesTried(80, 1, seeded);
  for (const rule of ['notebook', 'balance'] as const) {
    const { asked, right } = scoreOf(predictions, rule);
    expect(asked).toBeGreaterThan(160);
    expect(right / asked).toBeGreaterThanOrEqual(0.95);
  }
  expect(
    scoreOf(predictions, 'balance').right / scoreOf(predictions, 'balance').asked,
  ).toBeGreaterThanOrEqual(scoreOf(predictions, 'notebook').right / scoreOf(predictions, 'notebook').asked);
});

it('differ where the others are busy receiving', () => {
  const machines = machinesOf([1, 3, 3]).map((machine) => ({ ...machine, rate: Number(machine.rate) }));
  const [slow] = predictionsOf(machines, 0.7, 60, [0, 0, 0]);
  expect(slow!.notebook).toBeCloseTo(1.2); // (3 + 3) / 5
  expect(slow!.balance).toBeCloseTo(1); // each of the others draws at 2.5 of its 3 ticks
});
