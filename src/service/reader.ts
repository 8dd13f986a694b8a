/** Answers to queries, from the committed rows and frames of this node. */
import { limits } from '../events/limits.ts';
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Clock } from '../ports/clock.ts';
import { numberKey } from '../projections/rows.ts';
import { mailboxes, memberships, names, type Place, users as userRows } from '../projections/tables.ts';
import type { QueryAnswer, QueryName, QueryRequest } from '../protocol/queries.ts';
import type { ItemView, MessageView, SessionView, UserView } from '../protocol/views.ts';
import type { Copy } from '../replication/copy.ts';
import { conversationOf, sessionFor, sightOf } from './belonging.ts';
import { clusterId } from './cluster-id.ts';
import { Conversations } from './conversations.ts';
import type { Frames } from './frames.ts';
import { passagesOf } from './passages.ts';
import { MatchReader } from './pong/match-reader.ts';
import { type QueueItem, Queues } from './queue.ts';
import { nameOf, viewMessage } from './views.ts';
import { Walks } from './walk.ts';

type Handlers = {
  [Q in QueryName]: (user: string, request: QueryRequest<Q>) => Promise<QueryAnswer<Q> | Refusal>;
};

const lastKey = '~';

export class Reader {
  readonly #copy: Copy;
  readonly #frames: Frames;
  readonly #queues: Queues;
  readonly #handlers: Handlers;

  constructor(copy: Copy, frames: Frames, clock: Clock) {
    this.#copy = copy;
    this.#frames = frames;
    this.#queues = new Queues(copy.store, frames);
    const conversations = new Conversations(copy, frames, clock);
    const matches = new MatchReader(copy, frames);
    const walks = new Walks(copy.store, frames, clock);
    this.#handlers = {
      whoami: (user) => this.#whoami(user),
      users: (_, request) => this.#users(request),
      inbox: (user, request) => this.#inbox(user, request),
      sessions: (user, request) => this.#sessions(user, request),
      transcript: (user, request) => this.#transcript(user, request),
      conversations: (user, request) => conversations.list(user, request),
      conversation: (user, request) => conversations.one(user, request),
      messages: (user, request) => conversations.messages(user, request),
      search: (user, request) => conversations.search(user, request),
      receipts: (user, request) => conversations.receipts(user, request),
      passages: (user, request) => passagesOf(copy, walks, user, request),
      match: async (_, request) => matches.one(request),
      matches: (_, request) => matches.list(request),
      play: (_, request) => matches.play(request),
      results: (user) => matches.results(user),
      whois: (_, request) => conversations.whois(request),
    };
  }

  async ask<Q extends QueryName>(
    name: Q,
    user: string,
    request: QueryRequest<Q>,
  ): Promise<QueryAnswer<Q> | Refusal> {
    const state = userRows.get(this.#copy.rows, user)?.state;
    if (state === undefined || state === 'deleted') return refusal('not-logged-in');
    return await this.#handlers[name](user, request);
  }

  async #whoami(user: string): Promise<QueryAnswer<'whoami'> | Refusal> {
    const row = userRows.get(this.#copy.rows, user);
    if (!row) return refusal('not-logged-in');
    return { user, name: row.name, shown: row.shown, cluster: await clusterId(this.#frames) };
  }

  async #users({ prefix, after, limit }: QueryRequest<'users'>): Promise<QueryAnswer<'users'>> {
    const start = canonicalName(prefix);
    const from = after === null ? names.key(start) : `${names.key(canonicalName(after))}\0`;
    const rows = await this.#copy.store.rangeRows({
      from,
      to: `${names.key(start)}\u{10ffff}`,
      limit: limit + 1,
    });
    const users = rows.slice(0, limit).flatMap(([, text]): UserView[] => {
      const row = userRows.get(this.#copy.rows, JSON.parse(text) as string); // rows of `names` hold user ids
      return row ? [{ name: row.name, online: row.state === 'online' }] : [];
    });
    return { users, more: rows.length > limit };
  }

  async #inbox(
    user: string,
    { after, skip = 0, limit }: QueryRequest<'inbox'>,
  ): Promise<QueryAnswer<'inbox'>> {
    const start = after ?? userRows.get(this.#copy.rows, user)?.shown ?? 0;
    const parts = (await this.#queues.items(user, start, limit)).flatMap(partsOf).slice(skip);
    const { views, taken } = await fitting(
      parts,
      async ({ place, isReturned, ...part }): Promise<ItemView | undefined> => {
        const view = await this.#viewMessage(place);
        return view && { ...view, ...part, kind: isReturned ? 'returned' : view.kind };
      },
    );
    const last = mailboxes.get(this.#copy.rows, user)?.last[0] ?? 0;
    return { items: views, last, cut: taken < parts.length };
  }

  async #viewMessage([position, frame]: Place): Promise<MessageView | undefined> {
    return viewMessage(this.#copy.rows, await this.#frames.event(position, frame));
  }

  async #sessions(
    user: string,
    request: QueryRequest<'sessions'>,
  ): Promise<QueryAnswer<'sessions'> | Refusal> {
    const other = request.with === null ? null : names.get(this.#copy.rows, canonicalName(request.with));
    if (other === undefined) return refusal('unknown-user');
    const from = memberships.key(user, numberKey(request.after + 1));
    const rows = await this.#copy.store.rangeRows({
      from,
      to: memberships.key(user, lastKey),
      limit: request.limit,
    });
    const found = rows.flatMap(([, text]): SessionView[] => {
      const row = sessionFor(this.#copy.rows, user, JSON.parse(text) as string); // rows of `memberships` hold session ids
      if (!row || (other !== null && !row.participants.includes(other))) return [];
      const { id: session, openedAt, lastAt, messages, state, isGroup, topic } = row;
      const participants = row.participants.map((participant) => nameOf(this.#copy.rows, participant));
      const conversation = conversationOf(this.#copy.rows, session);
      const about = isGroup ? { topic } : {};
      return [{ session, participants, openedAt, lastAt, messages, state, conversation, ...about }];
    });
    return { sessions: found, next: nextPage(rows, request.limit, (key) => memberships.rest(key, user)) };
  }

  async #transcript(
    user: string,
    request: QueryRequest<'transcript'>,
  ): Promise<QueryAnswer<'transcript'> | Refusal> {
    const { session, after, limit } = request;
    const sight = sightOf(this.#copy.rows, user, session);
    if (!sight) return refusal('unknown-session');
    const places = await this.#queues.history(session, Math.max(after, sight.from - 1), limit);
    const { views, taken } = await fitting(places, async (place) =>
      sight.covers(place[0]) ? await this.#viewMessage(place) : undefined,
    );
    const end = places[taken - 1]?.[0] ?? Number.POSITIVE_INFINITY;
    const isLast = taken === places.length && places.length < limit;
    const isPast = end >= (sight.to ?? Number.POSITIVE_INFINITY);
    return { messages: views, next: isLast || isPast ? null : end };
  }
}

/** The messages of an item: itself, or all that came back there. */
function partsOf({ position: item, prev, frame, returned }: QueueItem) {
  const isReturned = returned !== undefined;
  return (returned ?? [[item, frame] as const]).map((place) => ({ place, isReturned, prev, item }));
}

/** Views of as many as fit into one answer, one at least; `taken` counts what was looked at. */
async function fitting<T, V>(
  all: readonly T[],
  view: (one: T) => Promise<V | undefined>,
): Promise<{ views: V[]; taken: number }> {
  const views: V[] = [];
  let sizeBytes = 0;
  let taken = 0;
  while (taken < all.length && sizeBytes < limits.answerBytesMax) {
    const seen = await view(all[taken++]!);
    if (seen === undefined) continue;
    views.push(seen);
    sizeBytes += Buffer.byteLength(JSON.stringify(seen));
  }
  return { views, taken };
}

/** Where the next page goes on, or null after the last. */
function nextPage(
  rows: readonly [string, string][],
  limit: number,
  positionOf: (key: string) => string,
): number | null {
  const last = rows.length < limit ? undefined : rows.at(-1);
  return last ? Number(positionOf(last[0])) : null;
}
