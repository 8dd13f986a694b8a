/** Answers about conversations: which there are, what was said there, who has read how far. */
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Clock } from '../ports/clock.ts';
import { numberKey } from '../projections/rows.ts';
import type { StoredEvent } from '../projections/stored.ts';
import {
  memberships,
  names,
  pairs,
  reads,
  type Stay,
  sessions,
  stays,
  users,
} from '../projections/tables.ts';
import type { QueryAnswer, QueryRequest } from '../protocol/queries.ts';
import {
  type ConversationView,
  type Cursor,
  type MessageView,
  previewLength,
  unreadMax,
} from '../protocol/views.ts';
import type { Copy } from '../replication/copy.ts';
import { conversationOf, sessionFor, sightOf } from './belonging.ts';
import type { Frames } from './frames.ts';
import { Page } from './page.ts';
import { nameOf, viewMessage } from './views.ts';
import { Walks } from './walk.ts';

/** Sessions that one question looks at; a pair has many, of which the latest stands for all. */
const sessionsPerLook = 200;
/** Events that one question looks at, so that no answer takes long: the next question goes on from there. */
const eventsPerLook = 2_000;
/** The same of a search, which has to decode them all. */
const eventsPerSearch = 5_000;
/** The last message of a group may stand behind many comings and goings. */
const eventsPerPreview = 3 * unreadMax;

export class Conversations {
  readonly #copy: Copy;
  readonly #walks: Walks;

  constructor(copy: Copy, frames: Frames, clock: Clock) {
    this.#copy = copy;
    this.#walks = new Walks(copy.store, frames, clock);
  }

  async list(user: string, request: QueryRequest<'conversations'>): Promise<QueryAnswer<'conversations'>> {
    const { after, limit } = request;
    const pause = this.#walks.pauses();
    const found: ConversationView[] = [];
    const own = await this.#memberships(user, after);
    for (const { position, session } of own) {
      await pause();
      if (this.#isLatest(session)) found.push(await this.#view(user, session));
      if (found.length === limit) return { conversations: found, next: position };
    }
    const next = own.length < sessionsPerLook ? null : (own.at(-1)?.position ?? null);
    return { conversations: found, next };
  }

  async one(
    user: string,
    { conversation }: QueryRequest<'conversation'>,
  ): Promise<QueryAnswer<'conversation'> | Refusal> {
    if (!sightOf(this.#copy.rows, user, conversation)) return refusal('unknown-session');
    return await this.#view(user, this.#latestOf(conversation));
  }

  async messages(
    user: string,
    { conversation, before, limit }: QueryRequest<'messages'>,
  ): Promise<QueryAnswer<'messages'> | Refusal> {
    if (!sightOf(this.#copy.rows, user, conversation)) return refusal('unknown-session');
    const start = this.#startOf(conversation, before);
    if (!start) return refusal('unknown-session');
    const page = new Page(limit, eventsPerLook);
    for await (const entry of this.#back(user, start)) {
      page.look(entry, viewMessage(this.#copy.rows, entry));
      if (page.isFull) break;
    }
    return page.answer;
  }

  async search(
    user: string,
    { text, conversation, before, limit }: QueryRequest<'search'>,
  ): Promise<QueryAnswer<'search'> | Refusal> {
    if (conversation !== null && !sightOf(this.#copy.rows, user, conversation))
      return refusal('unknown-session');
    const sought = folded(text);
    const page = new Page(limit, eventsPerSearch);
    const starts =
      conversation === null ? this.#everywhere(user, before) : [this.#startOf(conversation, before)];
    for await (const start of starts) {
      if (!start) return refusal('unknown-session');
      for await (const entry of this.#back(user, start, conversation !== null)) {
        page.look(entry, holds(entry, sought) ? viewMessage(this.#copy.rows, entry) : undefined);
        if (page.isFull) return page.answer;
      }
    }
    return page.answer;
  }

  async receipts(
    user: string,
    { conversation }: QueryRequest<'receipts'>,
  ): Promise<QueryAnswer<'receipts'> | Refusal> {
    const { rows } = this.#copy;
    if (!sightOf(rows, user, conversation)) return refusal('unknown-session');
    const session = this.#latestOf(conversation);
    const { done, value } = await this.#back(user, { session, position: null }).next();
    const last = done ? 0 : value.position;
    const first = conversationOf(rows, session);
    const receipts = this.#othersIn(user, session).map((other) => ({
      name: nameOf(rows, other),
      // Where they are in other conversations is nobody's business in this one.
      delivered: Math.min(last, users.get(rows, other)?.shown ?? 0),
      read: Math.min(last, reads.get(rows, first, other) ?? 0),
      since: stays.get(rows, other, session)?.at(-1)?.[0] ?? 0,
    }));
    return { receipts };
  }

  async whois({ name }: QueryRequest<'whois'>): Promise<QueryAnswer<'whois'> | Refusal> {
    const { rows } = this.#copy;
    const row = users.get(rows, names.get(rows, canonicalName(name)) ?? '');
    if (!row) return refusal('unknown-user');
    const { registeredAt, seenAt } = row;
    return { name: row.name, online: row.state === 'online', registeredAt, seenAt: seenAt || null };
  }

  async #view(user: string, session: string): Promise<ConversationView> {
    const { rows } = this.#copy;
    const { isGroup = false, topic = '', participants = [] } = sessionFor(rows, user, session) ?? {};
    const conversation = conversationOf(rows, session);
    const others = this.#othersIn(user, session);
    const isThere = (other: string) => users.get(rows, other)?.state !== 'deleted';
    const read = reads.get(rows, conversation, user) ?? 0;
    return {
      conversation,
      kind: isGroup ? 'group' : 'pair',
      session,
      others: others.map((other) => ({
        name: nameOf(rows, other),
        online: users.get(rows, other)?.state === 'online',
      })),
      isOpen: isGroup ? participants.includes(user) : others.every(isThere),
      topic,
      read,
      ...(await this.#preview(user, session, read)),
    };
  }

  /** What was said last, and how much others said after what was read, or said by the user. */
  async #preview(
    user: string,
    session: string,
    read: number,
  ): Promise<Pick<ConversationView, 'last' | 'unread'>> {
    let last: ConversationView['last'] = null;
    let unread = 0;
    let looked = 0;
    for await (const { event, position, ...place } of this.#back(user, { session, position: null })) {
      if (++looked > eventsPerPreview) break;
      if (event.type !== 'MessagePosted') continue;
      last ??= preview(viewMessage(this.#copy.rows, { event, position, ...place }));
      if (position <= read || event.data.from === user) break;
      if (++unread === unreadMax) break;
    }
    return { last, unread };
  }

  /** The user's sessions, those that were opened last first. */
  async #memberships(user: string, before: number | null): Promise<{ position: number; session: string }[]> {
    const to = memberships.key(user, before === null ? lastKey : numberKey(before - 1));
    const range = { from: memberships.key(user, ''), to, limit: sessionsPerLook, reverse: true };
    return (await this.#copy.store.rangeRows(range)).map(([key, text]) => ({
      position: Number(memberships.rest(key, user)),
      session: JSON.parse(text) as string, // rows of that table
    }));
  }

  /** Where to begin in each session of the user; from where an earlier search stopped. */
  async *#everywhere(user: string, before: Cursor | null): AsyncGenerator<Start> {
    let isSkipped = before !== null;
    let after: number | null = null;
    for (;;) {
      const own = await this.#memberships(user, after);
      for (const { session } of own) {
        if (isSkipped && session !== before?.session) continue;
        yield { session, position: isSkipped ? (before?.position ?? null) : null };
        isSkipped = false;
      }
      after = own.at(-1)?.position ?? null;
      if (own.length < sessionsPerLook) return;
    }
  }

  /** What the user may see, back from a start; with `on`, through the pair's sessions before it as well. */
  async *#back(user: string, start: Start, on = true): AsyncGenerator<StoredEvent> {
    let { session, position }: Start = start;
    for (;;) {
      const sight = sightOf(this.#copy.rows, user, session);
      if (!sight) return;
      for (const stay of sight.stays.toReversed()) yield* this.#during(stay, session, position);
      const before = sessions.get(this.#copy.rows, session)?.continues;
      if (!on || !before) return;
      session = before;
      position = null;
    }
  }

  /** Begins where the stay ends: much may have been said since. */
  async *#during([from, to]: Stay, session: string, before: number | null): AsyncGenerator<StoredEvent> {
    if (before !== null && before <= from) return;
    const end = to === null ? before : Math.min(to + 1, before ?? Number.POSITIVE_INFINITY);
    for await (const entry of this.#walks.back(session, end)) {
      if (entry.position < from) return;
      yield entry;
    }
  }

  /** Undefined where the cursor is of another conversation. */
  #startOf(conversation: string, before: Cursor | null): Start | undefined {
    if (before === null) return { session: this.#latestOf(conversation), position: null };
    const { rows } = this.#copy;
    return conversationOf(rows, before.session) === conversationOf(rows, conversation) ? before : undefined;
  }

  #latestOf(session: string): string {
    const { isGroup, participants = [] } = sessions.get(this.#copy.rows, session) ?? {};
    return isGroup ? session : (pairs.get(this.#copy.rows, ...participants) ?? session);
  }

  #isLatest(session: string): boolean {
    return this.#latestOf(session) === session;
  }

  #othersIn(user: string, session: string): string[] {
    const { participants = [] } = sessionFor(this.#copy.rows, user, session) ?? {};
    return participants.filter((participant) => participant !== user);
  }
}

interface Start {
  readonly session: string;
  /** From the end where it is null. */
  readonly position: number | null;
}

/** As texts are compared: compatible characters and capitals are one. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function holds({ event }: StoredEvent, sought: string): boolean {
  return event.type === 'MessagePosted' && folded(event.data.text).includes(sought);
}

function preview(message: MessageView | undefined): ConversationView['last'] {
  if (!message) return null;
  const { position, at, from, text } = message;
  return { position, at, from, text: [...text.slice(0, 2 * previewLength)].slice(0, previewLength).join('') };
}

/** Sorts after every number. */
const lastKey = '~';
