/**
 * The course's study: many trials a condition, in virtual time, and what they come to.
 *
 * Conditions change one thing at a time: the spread of rates, how many events are internal, how many machines there are, how
 * messages are stamped. Findings are sentences made from the figures, so that they say what this study found.
 */
import type { Random } from '../../../events/ids.ts';
import { figuresOf, type MachineFigures, mean, rounded, type TrialFigures } from './figures.ts';
import { lagOf } from './lag.ts';
import { type Prediction, predictionsOf } from './queue-rule.ts';
import { machinesOf, type Rate, type RunSettings, trialOf, usual } from './settings.ts';
import { runVirtual } from './virtual.ts';

export interface Condition {
  readonly group: 'spread' | 'internal' | 'scale' | 'stamp';
  readonly name: string;
  /** Where it stands on the axis of its group. */
  readonly at: number;
  readonly settings: RunSettings;
}

export interface Outcome {
  readonly condition: Condition;
  readonly trials: readonly TrialFigures[];
  readonly drift: number;
  /** Of the machine whose clock ends last. */
  readonly slowestJumpMean: number;
  readonly slowestJumpMax: number;
  /** At how many of its ticks it takes a message, from 0 to 1, and how far its clock grows at one of these. */
  readonly slowestTakes: number;
  readonly slowestGain: number;
  /** Its messages that wait still when the trial ends. */
  readonly slowestQueueEnd: number;
  /** Over all machines. */
  readonly jumpMean: number;
  readonly queueMax: number;
  /** Seconds that the slowest clock is behind, at half time and at the end. */
  readonly lagHalfS: number;
  readonly lagEndS: number;
  readonly lagEndMaxS: number;
}

const internals = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
const sizes = [2, 3, 5, 8, 12, 20];
const spreads: readonly (readonly number[])[] = [
  [3, 3, 3],
  [2, 3, 4],
  [2, 3, 5],
  [1, 3, 5],
  [1, 3, 6],
  [1, 5, 10],
];

export function conditions(trials: number, seed: number): Condition[] {
  const run = (rates: readonly Rate[], rest: Partial<RunSettings> = {}): RunSettings => {
    return { ...usual, mode: 'virtual', trials, seed, machines: machinesOf(rates), ...rest };
  };
  const range = { least: 1, most: 6 };
  return [
    ...spreads.map((rates) => ({
      group: 'spread' as const,
      name: `rates ${rates.join('/')}`,
      at: Math.max(...rates) - Math.min(...rates),
      settings: run(rates),
    })),
    ...internals.flatMap((internal) =>
      [
        [1, 3, 6],
        [3, 3, 3],
      ].map((rates) => ({
        group: 'internal' as const,
        name: `rates ${rates.join('/')}, internal ${internal}`,
        at: internal,
        settings: run(rates, { internal }),
      })),
    ),
    ...sizes.map((size) => ({
      group: 'scale' as const,
      name: `${size} machines, rates 1-6`,
      at: size,
      settings: run(new Array<Rate>(size).fill(range)),
    })),
    ...(['post', 'pre'] as const).flatMap((stamp) =>
      (['one', 'two'] as const).map((broadcast, index) => ({
        group: 'stamp' as const,
        name: `rates 1/3/6, stamp ${stamp}, broadcast ${broadcast}`,
        at: index,
        settings: run([1, 3, 6], { stamp, broadcast }),
      })),
    ),
  ];
}

export function outcomeOf(condition: Condition, randomOf: (seed: string) => Random): Outcome {
  const { settings } = condition;
  const all = Array.from({ length: settings.trials }, (_, index) => {
    const trial = trialOf(settings, index + 1, randomOf);
    const logs = runVirtual(trial, randomOf);
    return { figures: figuresOf(trial, logs), lag: lagOf(trial, logs) };
  });
  const trials = all.map(({ figures }) => figures);
  const slowest = trials.map(
    ({ machines }) => [...machines].sort((a, b) => a.final_clock - b.final_clock)[0]!,
  );
  const lags = all.map(({ lag }) => lag?.endS ?? 0);
  const over = (values: readonly number[]) => rounded(mean(values));
  return {
    condition,
    trials,
    drift: over(trials.map(({ drift }) => drift)),
    slowestJumpMean: over(slowest.map(({ jump_mean }) => jump_mean)),
    slowestJumpMax: over(slowest.map(({ jump_max }) => jump_max)),
    slowestTakes: over(slowest.map(({ received, events }) => received / Math.max(1, events))),
    slowestGain: over(slowest.filter(({ received }) => received > 0).map((one) => gainOf(one, settings))),
    slowestQueueEnd: over(slowest.map(({ queue_end }) => queue_end)),
    jumpMean: over(trials.map(({ machines }) => mean(machines.map(({ jump_mean }) => jump_mean)))),
    queueMax: over(trials.map(({ machines }) => Math.max(...machines.map(({ queue_max }) => queue_max)))),
    lagHalfS: over(all.map(({ lag }) => lag?.halfS ?? 0)),
    lagEndS: over(lags),
    lagEndMaxS: rounded(Math.max(...lags)),
  };
}

/** How far a clock grows when a message is taken: it grows by one for every other event. */
function gainOf({ final_clock, ...ticks }: MachineFigures, { broadcast, machines }: RunSettings): number {
  const posts = broadcast === 'two' ? machines.length - 1 : 1;
  return (final_clock - ticks.sent - ticks.internal - ticks.broadcast * posts) / ticks.received;
}

const ruleSeconds = 600;
const ruleMachines = 3;

/** The queue rules, held against machines of random rates from 1 to 6. */
export function rulesTried(runs: number, seed: number, randomOf: (seed: string) => Random): Prediction[] {
  return Array.from({ length: runs }, (_, index) => {
    const random = randomOf(`clocks/${seed}/rules/${index}`);
    const rates = Array.from({ length: ruleMachines }, () => rounded(1 + 5 * random.next()));
    const settings = {
      ...usual,
      mode: 'virtual' as const,
      seconds: ruleSeconds,
      seed: seed + index,
      machines: machinesOf(rates),
    };
    const trial = trialOf(settings, 1, randomOf);
    const ends = runVirtual(trial, randomOf).map((log) => log.at(-1)?.queue ?? 0);
    return predictionsOf(trial.machines, trial.internal, trial.seconds, ends);
  }).flat();
}
