/**
 * What happened: domain events, in the past tense. Only these change the state of anything.
 *
 * `u-…` are user ids, `s-…` session ids and `p-…` ids of matches: random, given once, never inherited with a name.
 */
import { z } from 'zod';
import { type RefusalCode, refusals } from './refusals.ts';

const user = z.string();
const session = z.string();
const match = z.string();
const side = z.literal([0, 1]);
const count = z.int().min(0);

const shapes = {
  // the cluster
  Seeded: {
    generation: count,
    base: z.strictObject({ number: count, hash: z.string() }),
    members: z.array(z.string()),
    copies: count,
    minCopies: count,
  },
  /** `copies`: how many count as enough from here on; fewer than were wanted when nodes are dead. */
  LeaderElected: { node: z.string(), members: z.array(z.string()), copies: count },
  /** `dead`: the members that are silent, or too far behind to count on. */
  CopiesChanged: { copies: count, dead: z.array(z.string()) },
  // users
  /** `skeletons`: what the name looks like; computed when it was decided, for how names look is no law of this log. */
  UserRegistered: {
    user,
    name: z.string(),
    skeletons: z.array(z.string()),
    passwordHash: z.string(),
    recoveryHash: z.string(),
  },
  /** `expiresAt`: by the log's own time, in milliseconds since 1970. */
  LoggedIn: { user, tokenHash: z.string(), expiresAt: count },
  LoggedOut: { user, tokenHash: z.string() },
  /** Every log-in ends. */
  LoggedOutEverywhere: { user },
  PasswordChanged: { user, passwordHash: z.string(), keptTokenHash: z.string() },
  /** The recovery code was used up for a new password and a new code; every log-in ends. */
  AccountRecovered: { user, passwordHash: z.string(), recoveryHash: z.string() },
  /** The same password, hashed with more work than before. */
  PasswordRehashed: { user, passwordHash: z.string() },
  CameOnline: { user, client: z.string() },
  WentOffline: { user, client: z.string() },
  ItemsShown: { user, upTo: count },
  /** `conversation`: the id of its first session. What is read on one client is read on all. */
  ConversationRead: { user, conversation: session, upTo: count },
  AccountDeleted: { user },
  // sessions
  SessionOpened: { session, participants: z.array(user), continues: session.nullable() },
  MessagePosted: { session, from: user, text: z.string() },
  GroupOpened: { session, by: user, participants: z.array(user), topic: z.string() },
  MemberJoined: { session, member: user, by: user },
  /** The last one who leaves a group closes it. */
  MemberLeft: { session, member: user },
  TopicSet: { session, by: user, topic: z.string() },
  SessionQuieted: { session },
  SessionClosed: { session, reason: z.enum(['gap', 'deleted']) },
  // matches of Pong
  /**
   * `players`: left and right; null for a bot. `rules`: by which its play is read, for ever. `continues`: the match that
   * this one is the rematch of.
   */
  MatchOpened: {
    match,
    by: user,
    players: z.tuple([user, user.nullable()]),
    bot: z.enum(['easy', 'hard']).nullable(),
    points: count,
    rules: count,
    seed: count,
    continues: match.nullable(),
  },
  MatchJoined: { match, player: user },
  /** When all are, the countdown begins: of a match that was joined, and of one that was paused. */
  PlayerReady: { match, player: user },
  /** What was played up to a tick, in the form of `src/pong/recording.ts`. */
  PlayRecorded: { match, to: count, play: z.string() },
  /** What was played up to the tick in which a side scored. Who has enough points has won. */
  PointScored: { match, to: count, play: z.string(), by: side },
  /** `player`: who asked for it, or who is away. */
  MatchPaused: { match, player: user, isAway: z.boolean() },
  /** In any other way than by the last point. `winner`: null where nobody has won. */
  MatchEnded: {
    match,
    reason: z.enum(['declined', 'expired', 'forfeit']),
    player: user.nullable(),
    winner: side.nullable(),
  },
  // neither: the answer to a command that changed nothing
  CommandRefused: {
    code: z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]]),
    message: z.string(),
  },
} as const;

type Shapes = typeof shapes;
export type EventType = keyof Shapes;

/** The command that an event answers: `digest` tells a repeat from another command under the same id. */
export interface Cause {
  readonly user: string;
  readonly id: string;
  readonly digest: string;
}

export type DomainEvent = {
  [T in EventType]: {
    readonly type: T;
    /** Milliseconds since 1970 by the log's own stamp, which never goes back. */
    readonly at: number;
    readonly data: Readonly<z.infer<z.ZodObject<Shapes[T], z.core.$strict>>>;
    /** On the last event of a command, the one that answers it. */
    readonly cause?: Cause;
  };
}[EventType];

export type EventOf<T extends EventType> = Extract<DomainEvent, { type: T }>;
export type EventData<T extends EventType> = EventOf<T>['data'];

/** A fact that an actor decided, before it has a time and a place in the log. */
export type Fact = { [T in EventType]: { readonly type: T; readonly data: EventData<T> } }[EventType];

const cause = z.strictObject({ user: z.string(), id: z.string(), digest: z.string() }).optional();

/** One schema per kind of event, by type: the codec looks here and knows nothing else. */
export const eventSchemas: Readonly<Record<EventType, z.ZodType>> = Object.fromEntries(
  Object.entries(shapes).map(([type, shape]) => [
    type,
    z.strictObject({ type: z.literal(type), at: count, data: z.strictObject(shape as z.ZodRawShape), cause }),
  ]),
) as unknown as Record<EventType, z.ZodType>; // `fromEntries` forgets which keys there are

/** What listings, traces and the inspector show. Everything else is a secret until it is named here. */
const shownFields: ReadonlySet<string> = new Set([
  // of events
  ...['generation', 'base', 'members', 'copies', 'minCopies', 'node', 'dead'],
  ...['user', 'name', 'skeletons', 'expiresAt', 'client', 'upTo', 'conversation'],
  ...['session', 'participants', 'continues', 'from', 'by', 'member', 'reason', 'code', 'message'],
  ...['match', 'player', 'players', 'bot', 'points', 'rules', 'seed', 'to', 'play', 'isAway', 'winner'],
  // of actors
  ...['state', 'id', 'clients', 'registeredAt', 'shown', 'seenAt'],
  ...['isGroup', 'openedAt', 'lastAt', 'messages'],
  ...['joined', 'ready', 'score', 'tick', 'pausedBy', 'pauses', 'sinceAt'],
]);
/** What people wrote. */
const bodyFields: ReadonlySet<string> = new Set(['text', 'topic']);

export interface Disclosure {
  /** Whether what people wrote is shown. */
  readonly bodies: boolean;
}

/** The fields of an event or an actor as somebody may see them who is not who they are about. */
export function redact(
  data: Readonly<Record<string, unknown>>,
  { bodies }: Disclosure = { bodies: true },
): Record<string, unknown> {
  const isShown = (key: string) => shownFields.has(key) || (bodies && bodyFields.has(key));
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, isShown(key) ? value : '[redacted]']),
  );
}
