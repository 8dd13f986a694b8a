/** What clients are shown, as schemas. */
import { z } from 'zod';

const natural = z.int().min(0);

/** What a session consists of: what was said, and in a group who came and went and what it is about. */
const entryKinds = ['message', 'opened', 'joined', 'left', 'topic'] as const;

/** A message, or another entry of a group's session. */
export const messageView = z.object({
  id: z.string(),
  session: z.string(),
  /** Who said or did it. */
  from: z.string(),
  /** What was said; of `opened` and `topic` the topic; empty for the others. */
  text: z.string(),
  /** Milliseconds since 1970. */
  at: natural,
  position: natural,
  kind: z.enum(entryKinds).default('message'),
  /** The id of the conversation's first session: all sessions of a pair are one conversation, a group is one. */
  conversation: z.string().default(''),
  /** Of `joined`: who was invited. Of `opened`: the first members, whoever opened it included. */
  members: z.array(z.string()).optional(),
});

/** An item of a user's queue. `returned`: a message of the user's own that its addressee never saw. */
export const itemView = messageView.extend({
  kind: z.enum([...entryKinds, 'returned']),
  /** Position of the item before; 0 for the first. */
  prev: natural,
  /** Where this item stands in the queue: later than the message itself when it came back. */
  item: natural,
});

export const sessionView = z.object({
  session: z.string(),
  participants: z.array(z.string()),
  openedAt: natural,
  lastAt: natural,
  messages: natural,
  state: z.string(),
  /** Of a group. */
  topic: z.string().optional(),
  /** The id of the first session of the conversation that it belongs to. */
  conversation: z.string().default(''),
});

/** Somebody's client came or went; somebody is online while any client is. */
export const passageView = z.object({
  kind: z.enum(['came', 'went']),
  /** The same for one client. */
  client: z.string(),
  at: natural,
  position: natural,
});

export const userView = z.object({ name: z.string(), online: z.boolean() });

/** A pair's sessions, one after the other, or a group's only one. */
export const conversationView = z.object({
  /** The id of its first session: it stays the same. */
  conversation: z.string(),
  kind: z.enum(['pair', 'group']),
  /** The latest session. */
  session: z.string(),
  /** Everybody in it but oneself: of a pair the other one, `deleted user` with the account. */
  others: z.array(userView),
  /** Whether one can write there: a group that was left is read only, and so is a pair whose other one is deleted. */
  isOpen: z.boolean(),
  /** Empty for pairs, and for groups without one. */
  topic: z.string(),
  /** What others said after what was read or said here oneself last; at most `unreadMax`, which means that many or more. */
  unread: natural,
  /** Up to which position it was read, by all clients of the user; 0: never. */
  read: natural,
  /** The last message, its text cut after `previewLength` characters; null before there is one. */
  last: z.object({ position: natural, at: natural, from: z.string(), text: z.string() }).nullable(),
});
export const unreadMax = 100;
export const previewLength = 200;

/** How far somebody else is in a conversation, in positions of its messages; 0: nothing. */
export const receiptView = z.object({
  name: z.string(),
  delivered: natural,
  read: natural,
  /** Where they came to the group: what was said before is not for them. */
  since: natural.default(0),
});

/** A match of Pong; whoever has an account may see all of them. */
export const matchView = z.object({
  match: z.string(),
  state: z.enum(['lobby', 'countdown', 'rally', 'point', 'paused', 'over']),
  /** Left and right; a bot has no name but what it is: `easy bot`. */
  players: z.tuple([z.string(), z.string()]),
  bot: z.enum(['easy', 'hard']).nullable(),
  /** Who opened it, by name. */
  by: z.string(),
  joined: z.tuple([z.boolean(), z.boolean()]),
  ready: z.tuple([z.boolean(), z.boolean()]),
  /** As committed. */
  score: z.tuple([natural, natural]),
  /** How many of them win. */
  points: natural,
  /** Play is committed up to here, 60 a second. */
  tick: natural,
  rules: natural,
  seed: natural,
  /** Milliseconds since 1970; null: not yet. */
  openedAt: natural,
  endedAt: natural.nullable(),
  /** When a state that does not last ends by itself: an invitation, a pause, a match after an hour. */
  deadline: natural.nullable(),
  /** Of a pause: the side that asked for it or is away. */
  pausedBy: natural.nullable(),
  winner: z.literal([0, 1]).nullable(),
  /** Why it is over. */
  reason: z.enum(['won', 'forfeit', 'declined', 'expired']).nullable(),
  continues: z.string().nullable(),
  /** Its rematch, if there is one. */
  rematch: z.string().nullable(),
});

/** Recorded play, in the form of `src/pong/recording.ts`. */
export const playView = z.object({ position: natural, at: natural, to: natural, play: z.string() });

/** Where a walk back through a conversation goes on: before this message. */
export const cursor = z.object({ session: z.string(), position: natural });

export type MessageView = z.infer<typeof messageView>;
export type ItemView = z.infer<typeof itemView>;
export type SessionView = z.infer<typeof sessionView>;
export type PassageView = z.infer<typeof passageView>;
export type UserView = z.infer<typeof userView>;
export type ConversationView = z.infer<typeof conversationView>;
export type ReceiptView = z.infer<typeof receiptView>;
export type MatchView = z.infer<typeof matchView>;
export type PlayView = z.infer<typeof playView>;
export type Cursor = z.infer<typeof cursor>;

/** Hurries what was committed to a user who is connected. `last`: the newest position in the queue, perhaps to be read. */
export const pushSchema = z.object({ items: z.array(itemView), last: natural });
export type Push = z.infer<typeof pushSchema>;
