/** What happens at a tick: a message is taken, or chance says what is done. Pure: the draw and the time come in. */
import { LamportClock } from '../../../events/lamport.ts';
import type { EventKind, MachineEvent } from './entry.ts';
import type { MachineContext } from './machine.ts';
import type { Message } from './message.ts';
import type { Trial, TrialMachine } from './settings.ts';
import { advanced } from './vector.ts';

export interface Tick {
  readonly tick: number;
  readonly atMs: number;
  /** The message that was taken, where one waited. */
  readonly message: Message | undefined;
  /** Messages that wait still. */
  readonly queue: number;
  /** Uniform in [0, 1); asked for only where nothing waited. */
  draw(): number;
}

export type Rules = Pick<Trial, 'internal' | 'stamp' | 'broadcast'>;

export interface Outgoing {
  readonly to: string;
  readonly message: Message;
}

export interface Decision {
  readonly events: readonly MachineEvent[];
  readonly outgoing: readonly Outgoing[];
}

export function decide(
  context: MachineContext,
  { id, neighbours }: TrialMachine,
  rules: Rules,
  tick: Tick,
): Decision {
  const { message } = tick;
  if (message) {
    const happened = next(context, tick, message);
    const from = { machine: message.from, number: message.event };
    return { events: [{ kind: 'received', ...happened, from }], outgoing: [] };
  }
  const receivers = receiversFor(tick.draw(), neighbours, rules.internal);
  if (receivers.length === 0) return { events: [{ kind: 'internal', ...next(context, tick) }], outgoing: [] };
  const kind = receivers === neighbours ? 'broadcast' : 'sent';
  const posts = kind === 'broadcast' && rules.broadcast === 'two' ? receivers.map((to) => [to]) : [receivers];
  return send(context, id, tick, kind, posts, rules);
}

/**
 * Nobody with probability `internal`; else one of the neighbours, or all of them, with equal chances. With two
 * neighbours and 0.7 that is the draw from 1 to 10 of the course.
 */
function receiversFor(draw: number, neighbours: readonly string[], internal: number): readonly string[] {
  if (draw < internal) return [];
  const choice = Math.floor(((draw - internal) / (1 - internal)) * (neighbours.length + 1));
  return choice < neighbours.length ? [neighbours[choice]!] : neighbours;
}

/** @param posts whom each event of this tick sends to. */
function send(
  context: MachineContext,
  id: string,
  tick: Tick,
  kind: Exclude<EventKind, 'received' | 'internal'>,
  posts: readonly (readonly string[])[],
  { stamp }: Rules,
): Decision {
  const events: MachineEvent[] = [];
  const outgoing: Outgoing[] = [];
  let before: Clocks = context;
  for (const to of posts) {
    const happened = next(before, { ...tick, own: context.own });
    const clock = stamp === 'pre' ? before.clock : happened.clock;
    const message = { from: id, event: happened.number, clock, vector: happened.vector };
    events.push({ kind, ...happened, to });
    for (const receiver of to) outgoing.push({ to: receiver, message });
    before = happened;
  }
  return { events, outgoing };
}

type Clocks = Pick<MachineContext, 'clock' | 'vector' | 'number'>;

/** The same Lamport clock that stamps Verbatim's frames, and the vector beside it. */
function next(
  { clock, vector, number, ...rest }: Clocks & { readonly own?: number },
  {
    tick,
    atMs,
    queue,
    own = rest.own ?? 0,
  }: Pick<Tick, 'tick' | 'atMs' | 'queue'> & { readonly own?: number },
  received?: Message,
) {
  const lamport = new LamportClock(clock);
  return {
    number: number + 1,
    tick,
    atMs,
    clock: received ? lamport.receive(received.clock) : lamport.tick(),
    vector: advanced(vector, own, received?.vector),
    queue,
  };
}
