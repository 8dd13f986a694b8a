/**
 * A trial in virtual time: the same machines, and nothing that takes time. Messages arrive at once; whose tick is next is
 * the only question, and two ticks at the same moment go in the machines' order. So a seed gives the same logs, byte for byte.
 */
import type { Random } from '../../../events/ids.ts';
import type { MachineEvent } from './entry.ts';
import { type Trial, tickMs } from './settings.ts';
import { Station } from './station.ts';

/** When every virtual trial begins. */
const epochMs = Date.parse('2000-01-01T00:00:00.000Z');

/** @returns the events of each machine, in the machines' order. */
export function runVirtual(trial: Trial, randomOf: (seed: string) => Random): MachineEvent[][] {
  const { machines, seconds } = trial;
  const stations = machines.map(({ id }) => new Station(trial, id, drawsOf(trial, id, randomOf)));
  const places = new Map(machines.map(({ id }, index) => [id, index]));
  const ticks = machines.map(() => 1);
  const dueMs = machines.map((machine) => tickMs(machine, 1));
  const logs: MachineEvent[][] = machines.map(() => []);
  const endMs = seconds * 1_000;
  for (let next = earliest(dueMs); dueMs[next]! < endMs; next = earliest(dueMs)) {
    const { events, outgoing } = stations[next]!.tick(ticks[next]!, Math.floor(epochMs + dueMs[next]!));
    logs[next]!.push(...events);
    for (const { to, message } of outgoing) stations[places.get(to)!]!.enqueue(message);
    dueMs[next] = tickMs(machines[next]!, ++ticks[next]!);
  }
  return logs;
}

/** Of all that a machine draws: nobody else's draws change it. */
export function drawsOf(
  { seed }: Pick<Trial, 'seed'>,
  id: string,
  randomOf: (seed: string) => Random,
): Random {
  return randomOf(`clocks/${seed}/${id}/draws`);
}

function earliest(dueMs: readonly number[]): number {
  let first = 0;
  for (let index = 1; index < dueMs.length; index++) if (dueMs[index]! < dueMs[first]!) first = index;
  return first;
}
