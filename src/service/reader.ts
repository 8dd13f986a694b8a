/** Answers to queries, from the committed rows and frames of this node. */
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import { numberKey } from '../projections/rows.ts';
import {
  mailboxes,
  memberships,
  names,
  type Place,
  sessions as sessionRows,
  users as userRows,
} from '../projections/tables.ts';
import type { Copy } from '../replication/copy.ts';
import type { Frames } from './frames.ts';
import type { QueryAnswer, QueryName, QueryRequest } from '../protocol/queries.ts';
import type { ItemView, MessageView, SessionView, UserView } from '../protocol/views.ts';
import { Queues, type QueueItem } from './queue.ts';
import { nameOf, viewMessage } from './views.ts';

type Handlers = { [Q in QueryName]: (user: string, request: QueryRequest<Q>) => Promise<QueryAnswer<Q> | Refusal> };

const lastKey = '~';

export class Reader {
  readonly #copy: Copy;
  readonly #frames: Frames;
  readonly #queues: Queues;
  readonly #handlers: Handlers;

  constructor(copy: Copy, frames: Frames) {
    this.#copy = copy;
    this.#frames = frames;
    this.#queues = new Queues(copy.store, frames);
    this.#handlers = {
      whoami: (user) => this.#whoami(user),
      users: (_, request) => this.#users(request),
      inbox: (user, request) => this.#inbox(user, request),
      sessions: (user, request) => this.#sessions(user, request),
      transcript: (user, request) => this.#transcript(user, request),
    };
  }

  async ask<Q extends QueryName>(name: Q, user: string, request: QueryRequest<Q>): Promise<QueryAnswer<Q> | Refusal> {
    const state = userRows.get(this.#copy.rows, user)?.state;
    if (state === undefined || state === 'deleted') return refusal('not-logged-in');
    return await this.#handlers[name](user, request);
  }

  async #whoami(user: string): Promise<QueryAnswer<'whoami'> | Refusal> {
    const row = userRows.get(this.#copy.rows, user);
    return row ? { user, name: row.name, shown: row.shown } : refusal('not-logged-in');
  }

  async #users({ prefix, after, limit }: QueryRequest<'users'>): Promise<QueryAnswer<'users'>> {
    const start = canonicalName(prefix);
    const from = after === null ? names.key(start) : `${names.key(canonicalName(after))}\0`;
    const rows = await this.#copy.store.rangeRows({ from, to: `${names.key(start)}\u{10ffff}`, limit: limit + 1 });
    const users = rows.slice(0, limit).flatMap(([, text]): UserView[] => {
      const row = userRows.get(this.#copy.rows, JSON.parse(text) as string); // rows of `names` hold user ids
      return row ? [{ name: row.name, online: row.state === 'online' }] : [];
    });
    return { users, more: rows.length > limit };
  }

  async #inbox(user: string, { after, limit }: QueryRequest<'inbox'>): Promise<QueryAnswer<'inbox'>> {
    const start = after ?? userRows.get(this.#copy.rows, user)?.shown ?? 0;
    const found = await this.#queues.items(user, start, limit);
    const views = await Promise.all(found.map((item) => this.#viewItem(item)));
    return { items: views.flat(), last: mailboxes.get(this.#copy.rows, user)?.last[0] ?? 0 };
  }

  /** One view, or one for each message that came back. */
  async #viewItem({ position, prev, frame, returned }: QueueItem): Promise<ItemView[]> {
    const kind = returned ? 'returned' : 'message';
    const places = returned ?? [[position, frame] as const];
    const views = await Promise.all(places.map((place) => this.#viewMessage(place)));
    return views.flatMap((view) => (view ? [{ ...view, kind, prev, item: position }] : []));
  }

  async #viewMessage([position, frame]: Place): Promise<MessageView | undefined> {
    return viewMessage(this.#copy.rows, await this.#frames.event(position, frame));
  }

  async #sessions(user: string, request: QueryRequest<'sessions'>): Promise<QueryAnswer<'sessions'> | Refusal> {
    const other = request.with === null ? null : names.get(this.#copy.rows, canonicalName(request.with));
    if (other === undefined) return refusal('unknown-user');
    const from = memberships.key(user, numberKey(request.after + 1));
    const rows = await this.#copy.store.rangeRows({ from, to: memberships.key(user, lastKey), limit: request.limit });
    const found = rows.flatMap(([, text]): SessionView[] => {
      const row = sessionRows.get(this.#copy.rows, JSON.parse(text) as string); // rows of `memberships` hold session ids
      if (!row || (other !== null && !row.participants.includes(other))) return [];
      const { id: session, openedAt, lastAt, messages, state } = row;
      const participants = row.participants.map((participant) => nameOf(this.#copy.rows, participant));
      return [{ session, participants, openedAt, lastAt, messages, state }];
    });
    return { sessions: found, next: nextPage(rows, request.limit, (key) => memberships.rest(key, user)) };
  }

  async #transcript(user: string, request: QueryRequest<'transcript'>): Promise<QueryAnswer<'transcript'> | Refusal> {
    const { session, after, limit } = request;
    if (!sessionRows.get(this.#copy.rows, session)?.participants.includes(user)) return refusal('unknown-session');
    const places = await this.#queues.history(session, after, limit);
    const views = await Promise.all(places.map((place) => this.#viewMessage(place)));
    const last = places.length < limit ? undefined : places.at(-1);
    return { messages: views.flatMap((view) => view ?? []), next: last ? last[0] : null };
  }
}

/** Where the next page goes on, or null after the last. */
function nextPage(rows: readonly [string, string][], limit: number, positionOf: (key: string) => string): number | null {
  const last = rows.length < limit ? undefined : rows.at(-1);
  return last ? Number(positionOf(last[0])) : null;
}
