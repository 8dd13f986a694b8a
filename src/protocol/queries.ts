/** What a user can ask, as schemas: the same table serves the border here and the client's types. */
import { z } from 'zod';
import { limits } from '../events/limits.ts';
import {
  conversationView,
  cursor,
  itemView,
  matchView,
  messageView,
  passageView,
  playView,
  receiptView,
  sessionView,
  userView,
} from './views.ts';

const natural = z.int().min(0);
const limit = z.int().min(1).max(limits.pageMax);
const name = z.string().max(limits.nameLengthMax);
const sessionId = z.string().max(limits.idLengthMax);
/** Any of its sessions names a conversation. */
const conversation = sessionId;
const before = z.strictObject({ session: sessionId, position: natural });

/** Each query's request and the data of its answer; pages go on with `after`. */
export const queries = {
  whoami: {
    request: z.strictObject({}),
    /** `cluster`: nodes of before 0.2 do not say. */
    answer: z.object({ user: z.string(), name: z.string(), shown: natural, cluster: z.string().optional() }),
  },
  /** `after`: a name, as sorted by its canonical form. */
  users: {
    request: z.strictObject({ prefix: name, after: name.nullable(), limit }),
    answer: z.object({ users: z.array(userView), more: z.boolean() }),
  },
  /**
   * Up to `limit` items of the own queue after a position; from the first one not yet shown where `after` is null. An
   * answer that would be too large is `cut`: the same question with `skip`, the number of views seen, gets the rest.
   */
  inbox: {
    request: z.strictObject({ after: natural.nullable(), skip: natural.optional(), limit }),
    answer: z.object({ items: z.array(itemView), last: natural, cut: z.boolean() }),
  },
  sessions: {
    request: z.strictObject({ with: name.nullable(), after: natural, limit }),
    answer: z.object({ sessions: z.array(sessionView), next: natural.nullable() }),
  },
  transcript: {
    request: z.strictObject({ session: sessionId, after: natural, limit }),
    answer: z.object({ messages: z.array(messageView), next: natural.nullable() }),
  },
  /** The user's own conversations, those that were begun last first. `after`: the last one of the page before. */
  conversations: {
    request: z.strictObject({
      after: natural.nullable(),
      limit: z.int().min(1).max(limits.conversationsMax),
    }),
    answer: z.object({ conversations: z.array(conversationView), next: natural.nullable() }),
  },
  conversation: {
    request: z.strictObject({ conversation }),
    answer: conversationView,
  },
  /** Back through a conversation, newest first, across a pair's sessions; from its end where `before` is null. */
  messages: {
    request: z.strictObject({
      conversation,
      before: before.nullable(),
      limit: z.int().min(1).max(limits.messagesMax),
    }),
    answer: z.object({ messages: z.array(messageView), next: cursor.nullable() }),
  },
  /**
   * Messages that hold a text, in whatever capitals, newest first; in one conversation, or in all, one session after the
   * other. One question looks through a part: with `next` the search goes on, even where nothing was found in that part.
   */
  search: {
    request: z.strictObject({
      text: z.string().min(1).max(limits.searchLengthMax),
      conversation: conversation.nullable(),
      before: before.nullable(),
      limit: z.int().min(1).max(limits.messagesMax),
    }),
    answer: z.object({ messages: z.array(messageView), next: cursor.nullable() }),
  },
  /** How far the others in a conversation are. */
  receipts: {
    request: z.strictObject({ conversation }),
    answer: z.object({ receipts: z.array(receiptView) }),
  },
  /** When a participant's clients came and went while a session lasted, newest first; from its end where `before` is null. */
  passages: {
    request: z.strictObject({ session: sessionId, name, before: natural.nullable(), limit }),
    answer: z.object({ passages: z.array(passageView), next: natural.nullable() }),
  },
  /** Those that were opened last first; of one player, or that are not over. `next`: to be given as `before`. */
  matches: {
    request: z.strictObject({
      player: name.nullable(),
      isOpen: z.boolean().nullable(),
      before: natural.nullable(),
      limit,
    }),
    answer: z.object({ matches: z.array(matchView), next: natural.nullable() }),
  },
  match: {
    request: z.strictObject({ match: sessionId }),
    answer: matchView,
  },
  /** What was played, from the position after one on. */
  play: {
    request: z.strictObject({ match: sessionId, after: natural, limit }),
    answer: z.object({ play: z.array(playView), next: natural.nullable() }),
  },
  /** Matches that came to an end by play, of the asking user against each other player. */
  results: {
    request: z.strictObject({}),
    answer: z.object({
      results: z.array(z.object({ name: z.string(), won: natural, lost: natural })),
    }),
  },
  whois: {
    request: z.strictObject({ name }),
    answer: z.object({
      name: z.string(),
      online: z.boolean(),
      /** Milliseconds since 1970. */
      registeredAt: natural,
      /** When they came or went last; null: never. */
      seenAt: natural.nullable(),
    }),
  },
} as const;

export type QueryName = keyof typeof queries;
export type QueryRequest<Q extends QueryName> = z.infer<(typeof queries)[Q]['request']>;
export type QueryAnswer<Q extends QueryName> = z.infer<(typeof queries)[Q]['answer']>;

/** What the asking client has seen already comes along: it is never shown an older state (P7). */
export const querySchema = z.strictObject({ atLeast: natural, query: z.unknown() });

/**
 * `position`: up to where what is shown may reach, and no further; read after the answer was made, which may be a little
 * older, but never older than what was asked for.
 */
export const queryReplySchema = z.object({
  position: natural,
  answer: z.unknown().optional(),
  refused: z.object({ code: z.string(), message: z.string() }).optional(),
});
