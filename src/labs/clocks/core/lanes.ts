/** A trial's logs as lanes of a space-time diagram. */
import type { Lane } from './causality.ts';
import { type Entry, isEvent, whatOf } from './entry.ts';

/** @param logs of the machines, in their order. */
export function lanesOf(ids: readonly string[], logs: readonly (readonly Entry[])[]): Lane[] {
  return ids.map((name, index) => ({
    name,
    events: (logs[index] ?? []).filter(isEvent).map((event) => ({
      atMs: event.atMs,
      clock: event.clock,
      what: whatOf(event),
      kind: event.kind,
      ...('from' in event ? { from: event.from } : {}),
      ...('to' in event ? { to: event.to } : {}),
    })),
  }));
}
