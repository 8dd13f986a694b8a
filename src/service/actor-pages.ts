/** Users and sessions as lists: all there are, and what happened to one of them. */
import type { SessionState } from '../actors/session/state.ts';
import type { UserState } from '../actors/user/state.ts';
import { type Disclosure, redact } from '../events/domain.ts';
import type { Rows } from '../projections/rows.ts';
import { sessions, users } from '../projections/tables.ts';
import type { Copy } from '../replication/copy.ts';
import type { Remains } from './past.ts';
import { Queues } from './queue.ts';
import { nameOf } from './views.ts';

/** About 100 bytes each, and well within a message. */
const actorsMax = 2_000;

/** Its id, what people know it by, and the state its machine is in. */
export type ListedActor = readonly [id: string, label: string, state: string];

export interface ActorsPage {
  readonly actors: readonly ListedActor[];
  /** Where the next page begins; null after the last one. */
  readonly next: string | null;
}

export interface HistoryEvent {
  readonly position: number;
  readonly frame: number;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** @param after the key of a row, as a page before named it. */
export async function actorsPage(
  after: string | null,
  { store, rows }: Pick<Copy, 'store' | 'rows'>,
): Promise<ActorsPage> {
  const isAmongSessions = after?.startsWith(sessions.key('')) ?? false;
  const table = isAmongSessions ? sessions : users;
  const from = after ?? table.key('');
  const found = await store.rangeRows({ from, to: table.key('~'), limit: actorsMax + 1 });
  const page = found.filter(([key]) => key !== after).slice(0, actorsMax);
  const actors = page.map(([, text]) => listed(JSON.parse(text) as UserState | SessionState, rows)); // rows of these tables
  const isFull = found.length > actorsMax;
  const next = isFull ? page.at(-1)![0] : isAmongSessions ? null : sessions.key('');
  return { actors, next };
}

export function listed(actor: UserState | SessionState, rows: Rows): ListedActor {
  return 'participants' in actor
    ? [actor.id, actor.participants.map((user) => nameOf(rows, user)).join(', '), actor.state]
    : [actor.id, actor.name, userPath(actor.state)];
}

/** As the machine nests them. */
function userPath(state: UserState['state']): string {
  return state === 'online' || state === 'offline' ? `registered.${state}` : state;
}

/** Up to `limit` of the events that an actor consumed after a position, oldest first. */
export async function historyPage(
  { actor, after, limit, bodies }: Disclosure & { actor: string; after: number; limit: number },
  { store, frames, mark }: Remains,
): Promise<{ events: HistoryEvent[]; next: number | null }> {
  const places = await new Queues(store, frames).history(actor, after, limit + 1);
  const shown = places.filter(([position]) => position <= mark.position).slice(0, limit);
  const events: HistoryEvent[] = [];
  for (const [position, frame] of shown) {
    const { event } = await frames.event(position, frame);
    events.push({ position, frame, type: event.type, at: event.at, data: redact(event.data, { bodies }) });
  }
  return { events, next: places.length > limit ? (shown.at(-1)?.[0] ?? null) : null };
}
