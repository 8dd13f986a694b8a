/**
 * When a queue grows.
 *
 * The course's notebook says: when the others' rates, added up and divided by five, exceed its own. Five, because with three
 * machines and a draw from 1 to 10 each sends to a given other one at two ticks in ten. That takes every tick of the others
 * for one at which they draw. But who takes a message draws nothing: a machine sends only at the ticks that are left. The
 * better rule counts those, for all machines at once.
 */
import type { TrialMachine } from './settings.ts';

/** Of rates and neighbours, no more. */
export type Ratable = Pick<TrialMachine, 'id' | 'rate' | 'neighbours'>;

/** Messages a second that come to each machine, if every tick of the others were a draw. */
function arrivalsByNotebook(machines: readonly Ratable[], internal: number): number[] {
  return arrivals(
    machines,
    internal,
    machines.map(({ rate }) => rate),
  );
}

const rounds = 200;

/**
 * Messages a second when only ticks without a message to take are draws. How many these are depends on what arrives, and
 * that on how many these are: the balance is found by going half of the way to it, again and again.
 */
function arrivalsByBalance(machines: readonly Ratable[], internal: number): number[] {
  let draws = machines.map(({ rate }) => rate);
  for (let round = 0; round < rounds; round++) {
    const coming = arrivals(machines, internal, draws);
    draws = machines.map(({ rate }, index) => (draws[index]! + Math.max(0, rate - coming[index]!)) / 2);
  }
  return arrivals(machines, internal, draws);
}

/** @param draws how often a second each machine draws. */
function arrivals(machines: readonly Ratable[], internal: number, draws: readonly number[]): number[] {
  return machines.map(({ id }) =>
    machines.reduce(
      (sum, { neighbours }, index) =>
        sum + (neighbours.includes(id) ? draws[index]! * share(neighbours, internal) : 0),
      0,
    ),
  );
}

/** How likely a draw sends to a given neighbour: alone, or with all others. */
function share(neighbours: readonly string[], internal: number): number {
  return ((1 - internal) * 2) / (neighbours.length + 1);
}

export interface Prediction {
  readonly machine: string;
  readonly rate: number;
  /** Messages that come, over those that can be taken: the queue grows above 1. */
  readonly notebook: number;
  readonly balance: number;
  readonly hasGrown: boolean;
}

/** A queue that is kept up with wavers; one that ends with so many messages a tick is not. */
const grownPerTick = 0.01;

export function predictionsOf(
  machines: readonly Ratable[],
  internal: number,
  seconds: number,
  queueEnds: readonly number[],
): Prediction[] {
  const notebook = arrivalsByNotebook(machines, internal);
  const balance = arrivalsByBalance(machines, internal);
  return machines.map(({ id, rate }, index) => ({
    machine: id,
    rate,
    notebook: notebook[index]! / rate,
    balance: balance[index]! / rate,
    hasGrown: queueEnds[index]! > Math.max(1, grownPerTick * rate * seconds),
  }));
}

export interface Score {
  readonly asked: number;
  readonly right: number;
  /** Said to grow and did not, and the other way round. */
  readonly falselyGrowing: number;
  readonly falselySteady: number;
}

/** Of what lies outside ± 10 % of the threshold. */
export function scoreOf(predictions: readonly Prediction[], rule: 'notebook' | 'balance'): Score {
  const asked = predictions.filter((one) => Math.abs(one[rule] - 1) > 0.1);
  const falselyGrowing = asked.filter((one) => one[rule] > 1 && !one.hasGrown).length;
  const falselySteady = asked.filter((one) => one[rule] < 1 && one.hasGrown).length;
  return {
    asked: asked.length,
    right: asked.length - falselyGrowing - falselySteady,
    falselyGrowing,
    falselySteady,
  };
}
