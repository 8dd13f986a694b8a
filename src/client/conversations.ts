/** A user's conversations, with one other user or in groups: what was said there, who reads and types, comes and goes. */

import type { Clock } from '../ports/clock.ts';
import type { Answer } from '../protocol/answers.ts';
import { type LiveNotice, liveNotice, typingEveryMs, typingLastsMs } from '../protocol/live.ts';
import type { QueryAnswer, QueryRequest } from '../protocol/queries.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import {
  type ConversationView,
  type Cursor,
  type MessageView,
  type PassageView,
  type ReceiptView,
  unreadMax,
} from '../protocol/views.ts';
import { Refused } from './errors.ts';
import type { Line } from './line.ts';

export type { ConversationView, Cursor, LiveNotice, MessageView, PassageView, ReceiptView };
export { typingLastsMs, unreadMax };

/** Of a command: the id that makes a repeat safe, and how long to try; without `timeoutMs` for ever. */
export interface Asking {
  readonly id?: string;
  readonly timeoutMs?: number;
}

/** Newest first; `next` is where to go on, null at the beginning. */
export type Page = QueryAnswer<'messages'>;

export interface Part {
  /** Before this message; from the end where it is left out. */
  readonly before?: Cursor | null | undefined;
  /** At most 200. */
  readonly limit?: number;
  readonly timeoutMs?: number;
}

const pageSize = 50;
/** Nobody types in so many at once. */
const typedInMax = 1_000;

export class Conversations {
  readonly #line: Line;
  readonly #clock: Clock;
  readonly #user: string;
  /** When it was said last that the user types, by conversation. */
  readonly #typedMs = new Map<string, number>();

  constructor(line: Line, clock: Clock, user: string) {
    this.#line = line;
    this.#clock = clock;
    this.#user = user;
  }

  /** All of them, those that were begun last first. */
  async *list(timeoutMs?: number): AsyncGenerator<ConversationView> {
    let after: number | null = null;
    do {
      const request: QueryRequest<'conversations'> = { after, limit: pageSize };
      const page: QueryAnswer<'conversations'> = await this.#line.query('conversations', request, timeoutMs);
      yield* page.conversations;
      after = page.next;
    } while (after !== null);
  }

  /** @param conversation the id of any of its sessions, here and below. @throws {Refused} `unknown-session`. */
  async get(conversation: string, timeoutMs?: number): Promise<ConversationView> {
    return await this.#line.query('conversation', { conversation }, timeoutMs);
  }

  /** Back through what was said, newest first. */
  async messages(
    conversation: string,
    { before = null, limit = pageSize, timeoutMs }: Part = {},
  ): Promise<Page> {
    return await this.#line.query('messages', { conversation, before, limit }, timeoutMs);
  }

  /**
   * Looks for a text through a part of one conversation, or of all (null): whoever wants more asks again from `next`,
   * also where that part held nothing.
   */
  async search(
    text: string,
    conversation: string | null,
    { before = null, limit = pageSize, timeoutMs }: Part = {},
  ): Promise<Page> {
    return await this.#line.query('search', { text, conversation, before, limit }, timeoutMs);
  }

  /** How far each of the others is. */
  async receipts(conversation: string, timeoutMs?: number): Promise<ReceiptView[]> {
    return (await this.#line.query('receipts', { conversation }, timeoutMs)).receipts;
  }

  /** When a participant's clients came and went while a session lasted, newest first. @throws {Refused} `unknown-user`. */
  async *passages(session: string, name: string, timeoutMs?: number): AsyncGenerator<PassageView> {
    let before: number | null = null;
    do {
      const request: QueryRequest<'passages'> = { session, name, before, limit: pageSize };
      const page: QueryAnswer<'passages'> = await this.#line.query('passages', request, timeoutMs);
      yield* page.passages;
      before = page.next;
    } while (before !== null);
  }

  /** Everything up to that position was read there. That another client said so before is no mistake. */
  async markRead(conversation: string, upTo: number, asking: Asking = {}): Promise<void> {
    try {
      await this.#line.command({ type: 'MarkRead', session: conversation, upTo }, asking);
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'nothing-new')) throw error;
    }
  }

  /** To be called at every key press: the others hear of it now and then, or not at all. */
  typing(conversation: string): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - (this.#typedMs.get(conversation) ?? Number.NEGATIVE_INFINITY) < typingEveryMs) return;
    if (this.#line.state !== 'ready') return;
    if (this.#typedMs.size >= typedInMax) this.#typedMs.clear();
    this.#typedMs.set(conversation, nowMs);
    this.#line.link.publish(clientSubjects.typing(this.#user), JSON.stringify({ conversation }));
  }

  /** Hears what is not kept, from when the line is connected. What a newer server says and this client does not know is left out. */
  listen(listener: (notice: LiveNotice) => void): { stop(): void } {
    return this.#line.link.subscribe(clientSubjects.live(this.#user), ({ data }) => {
      const notice = liveNotice.safeParse(JSON.parse(Buffer.from(data).toString()));
      if (!notice.success) return;
      this.#line.saw(positionOf(notice.data));
      listener(notice.data);
    });
  }

  /** @param members the others, by name. @returns an answer whose `session` is the new group. */
  async openGroup(members: readonly string[], topic = '', asking: Asking = {}): Promise<Answer> {
    return await this.#line.command({ type: 'OpenGroup', topic, members: [...members] }, asking);
  }

  /** Whoever is invited is in, sees what comes from then on, and can leave. */
  async invite(session: string, name: string, asking: Asking = {}): Promise<Answer> {
    return await this.#line.command({ type: 'Invite', session, name }, asking);
  }

  async leave(session: string, asking: Asking = {}): Promise<Answer> {
    return await this.#line.command({ type: 'LeaveGroup', session }, asking);
  }

  async setTopic(session: string, topic: string, asking: Asking = {}): Promise<Answer> {
    return await this.#line.command({ type: 'SetTopic', session, topic }, asking);
  }
}

function positionOf(notice: LiveNotice): number {
  if (notice.type === 'said') return notice.message.position;
  return notice.type === 'typing' ? 0 : notice.position;
}
