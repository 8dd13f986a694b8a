/** Verbatim's own log as diagrams. */
import type { Command } from 'commander';
import { electionLanes, type StampedEvent, sessionLanes } from '../../src/labs/clocks/core/verbatim-lanes.ts';
import { collect } from '../collect.ts';
import { Refusal } from '../failure.ts';
import { withLogged } from '../logged.ts';
import type { ServerOptions } from '../options.ts';

export async function sessionDiagram(options: ServerOptions, command: Command, session: string) {
  const lanes = sessionLanes(await stamped(options, command), session);
  if (lanes.length === 0) throw new Refusal('unknown-session', `the log knows no session ${session}`);
  return {
    title: `Session ${session}`,
    note: 'by the Lamport stamps of the log; a message arrives when the log says that it was shown or read',
    lanes,
  };
}

export async function electionDiagram(options: ServerOptions, command: Command) {
  const note =
    'by the Lamport stamps of the log; an arrow is what the next leader read before it was elected';
  return { title: 'Elections', note, lanes: electionLanes(await stamped(options, command)) };
}

async function stamped(options: ServerOptions, command: Command): Promise<StampedEvent[]> {
  let events: StampedEvent[] = [];
  const all = { from: 1, to: null, types: null };
  await withLogged(options, command, all, undefined, async (logged) => {
    events = await collect(logged);
  });
  return events;
}
