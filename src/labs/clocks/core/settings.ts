/** What a run is: how many machines, how fast, how talkative; and what chance makes of it in one trial. */
import type { Random } from '../../../events/ids.ts';

/** A rate, or the whole numbers that it is drawn from; in ticks a second. */
export type Rate = number | { readonly least: number; readonly most: number };

export interface MachineSettings {
  readonly id: string;
  readonly rate: Rate;
  /** Whom it sends to, the first and the second first. */
  readonly neighbours: readonly string[];
}

export interface RunSettings {
  readonly mode: 'real' | 'virtual';
  readonly machines: readonly MachineSettings[];
  /** Of each trial. */
  readonly seconds: number;
  readonly trials: number;
  /** Of the first trial; each further one has the next. */
  readonly seed: number;
  /** Probability that a draw is an internal event. */
  readonly internal: number;
  /** `pre`: a message carries the clock before its send's increment. */
  readonly stamp: 'post' | 'pre';
  /** How many increments sending to all neighbours takes: one, or one a message. */
  readonly broadcast: 'one' | 'two';
}

/** One trial, nothing left to chance but the draws. */
export interface Trial extends Omit<RunSettings, 'machines' | 'trials'> {
  readonly trial: number;
  readonly machines: readonly TrialMachine[];
}

export interface TrialMachine {
  readonly id: string;
  readonly rate: number;
  readonly neighbours: readonly string[];
  /** Which part of a period its first tick is early by: machines are not switched on at the same moment. */
  readonly phase: number;
}

export const limits = {
  machinesMin: 2,
  machinesMax: 50,
  rateMax: 1_000,
  /** Of processes that tick by a real timer. */
  realRateMax: 100,
  secondsMax: 86_400,
  trialsMax: 1_000,
} as const;

export const usual: RunSettings = {
  mode: 'real',
  machines: machinesOf([1, 2, 3].map(() => ({ least: 1, most: 6 }))),
  seconds: 60,
  trials: 5,
  seed: 7,
  internal: 0.7,
  stamp: 'post',
  broadcast: 'one',
};

/** Machines m1, m2, …, each with all others as neighbours. */
export function machinesOf(rates: readonly Rate[]): MachineSettings[] {
  const ids = rates.map((_, index) => `m${index + 1}`);
  return rates.map((rate, index) => ({ id: ids[index]!, rate, neighbours: othersFrom(ids, index) }));
}

/** All others, beginning with the next one: in a ring the first neighbour of each is another. */
export function othersFrom(ids: readonly string[], index: number): string[] {
  return [...ids.slice(index + 1), ...ids.slice(0, index)];
}

/** @param randomOf a source of chance from a seed. */
export function trialOf(settings: RunSettings, trial: number, randomOf: (seed: string) => Random): Trial {
  const { machines, trials: _, ...rest } = settings;
  const seed = settings.seed + trial - 1;
  return {
    trial,
    ...rest,
    seed,
    machines: machines.map(({ id, rate, neighbours }) => {
      const random = randomOf(`clocks/${seed}/${id}/rate`);
      const drawn = random.next();
      return { id, rate: drawnFrom(rate, drawn), neighbours, phase: random.next() };
    }),
  };
}

function drawnFrom(rate: Rate, drawn: number): number {
  return typeof rate === 'number' ? rate : rate.least + Math.floor(drawn * (rate.most - rate.least + 1));
}

/** Milliseconds after the start of tick 1, 2, …: as many lie within a trial as rate × seconds says. */
export function tickMs({ rate, phase }: Pick<TrialMachine, 'rate' | 'phase'>, tick: number): number {
  return ((tick - phase) * 1_000) / rate;
}
