/** How far the slowest logical clock falls behind system time: how long ago the furthest clock showed what it shows now. */
import { type Entry, isEvent, type MachineEvent } from './entry.ts';
import type { Trial } from './settings.ts';

export interface Lag {
  readonly machine: string;
  /** Seconds since the trial began, and how many of them the clock is behind, at each of its ticks. */
  readonly points: readonly (readonly [atS: number, behindS: number])[];
  readonly endS: number;
  readonly halfS: number;
}

/** @returns undefined where nothing happened. */
export function lagOf({ machines, seconds }: Trial, logs: readonly (readonly Entry[])[]): Lag | undefined {
  const events = logs.map((log) => log.filter(isEvent));
  const finals = events.map((own) => own.at(-1)?.clock ?? 0);
  const slowest = finals.indexOf(Math.min(...finals));
  const furthest = events[finals.indexOf(Math.max(...finals))]!;
  const own = events[slowest]!;
  if (own.length === 0) return undefined;
  const startMs = Math.min(...events.flatMap(([first]) => (first ? [first.atMs] : [])));
  let seen = 0;
  const points = own.map(({ atMs, clock }) => {
    while (seen < furthest.length && furthest[seen]!.clock <= clock) seen += 1;
    return [(atMs - startMs) / 1_000, Math.max(0, atMs - passedMs(furthest, seen, atMs)) / 1_000] as const;
  });
  const half = points.find(([atS]) => atS >= seconds / 2) ?? points.at(-1)!;
  return { machine: machines[slowest]!.id, points, endS: points.at(-1)![1], halfS: half[1] };
}

/** When the furthest clock first showed more; now, where it never did. */
function passedMs(furthest: readonly MachineEvent[], seen: number, nowMs: number): number {
  return furthest[seen]?.atMs ?? nowMs;
}
