/** What a trial comes to: jumps, queues, drift. */
import { type Entry, isEvent, type MachineEvent } from './entry.ts';
import type { Trial } from './settings.ts';

export interface MachineFigures {
  readonly id: string;
  readonly rate: number;
  /** Ticks at which something happened, and what. */
  readonly events: number;
  readonly received: number;
  readonly sent: number;
  readonly broadcast: number;
  readonly internal: number;
  readonly final_clock: number;
  /** By how much the clock grew at one tick. */
  readonly jump_mean: number;
  readonly jump_max: number;
  readonly queue_mean: number;
  readonly queue_max: number;
  readonly queue_end: number;
}

export interface TrialFigures {
  readonly trial: number;
  readonly seed: number;
  readonly seconds: number;
  readonly mode: 'real' | 'virtual';
  readonly stamp: 'post' | 'pre';
  readonly broadcast: 'one' | 'two';
  readonly internal: number;
  readonly machines: readonly MachineFigures[];
  /** The largest final clock less the smallest. */
  readonly drift: number;
}

/** @param logs of the machines, in their order. */
export function figuresOf(trial: Trial, logs: readonly (readonly Entry[])[]): TrialFigures {
  const { seed, seconds, mode, stamp, broadcast, internal } = trial;
  const machines = trial.machines.map(({ id, rate }, index) => ({
    id,
    rate,
    ...machineFigures((logs[index] ?? []).filter(isEvent)),
  }));
  const clocks = machines.map(({ final_clock }) => final_clock);
  const drift = Math.max(...clocks) - Math.min(...clocks);
  return { trial: trial.trial, seed, seconds, mode, stamp, broadcast, internal, machines, drift };
}

function machineFigures(events: readonly MachineEvent[]) {
  const ticks = ticksOf(events);
  const kinds = { received: 0, sent: 0, broadcast: 0, internal: 0 };
  for (const { kind } of ticks) kinds[kind] += 1;
  const jumps = jumpsOf(ticks);
  const queues = ticks.map(({ queue }) => queue);
  return {
    events: ticks.length,
    ...kinds,
    final_clock: ticks.at(-1)?.clock ?? 0,
    jump_mean: rounded(mean(jumps)),
    jump_max: greatest(jumps),
    queue_mean: rounded(mean(queues)),
    queue_max: greatest(queues),
    queue_end: queues.at(-1) ?? 0,
  };
}

/** The last event of each tick: a broadcast of several increments is one of them. */
function ticksOf(events: readonly MachineEvent[]): MachineEvent[] {
  return events.filter(({ tick }, index) => tick !== events[index + 1]?.tick);
}

function jumpsOf(ticks: readonly MachineEvent[]): number[] {
  return ticks.map(({ clock }, index) => clock - (ticks[index - 1]?.clock ?? 0));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of numbers from 0: of more, too, than a call takes arguments. */
function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** To a thousandth: further digits say nothing about a trial of a minute. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
