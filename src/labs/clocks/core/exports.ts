/** Events in the forms that others' tools read. */
import { type Entry, isEvent, whatOf } from './entry.ts';

const columns = 'trial,machine,rate,event,tick,time,kind,from_machine,from_event,to,clock,queue,vector'.split(
  ',',
);

export interface Logged {
  readonly trial: number;
  readonly machines: readonly { readonly id: string; readonly rate: number }[];
  readonly logs: readonly (readonly Entry[])[];
}

export const csvHead = columns.join(',');

/** A line an event. What holds several values joins them with spaces, so that nothing needs quotes. */
export function csvLines({ trial, machines, logs }: Logged): string[] {
  return machines.flatMap(({ id, rate }, index) =>
    (logs[index] ?? []).filter(isEvent).map((event) => {
      const [machine, number] =
        event.kind === 'received' ? [event.from.machine, event.from.number] : ['', ''];
      const to = 'to' in event ? event.to.join(' ') : '';
      const { number: own, tick, atMs, kind, clock, queue, vector } = event;
      const time = new Date(atMs).toISOString();
      return [
        trial,
        id,
        rate,
        own,
        tick,
        time,
        kind,
        machine,
        number,
        to,
        clock,
        queue,
        vector.join(' '),
      ].join(',');
    }),
  );
}

/**
 * For ShiViz: what happened in one line, host and vector clock in the next. Its parser takes it with
 * `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`. A machine that nothing is known of does not stand in a clock.
 */
export function shivizText({ machines, logs }: Logged): string {
  const ids = machines.map(({ id }) => id);
  const lines = ids.flatMap((id, index) =>
    (logs[index] ?? []).filter(isEvent).flatMap((event) => {
      const known = ids
        .map((other, place) => [other, event.vector[place]!] as const)
        .filter(([, count]) => count > 0);
      const clock = JSON.stringify(Object.fromEntries(known));
      return [`${whatOf(event)} (clock ${event.clock}, queue ${event.queue})`, `${id} ${clock}`];
    }),
  );
  return `${lines.join('\n')}\n`;
}
