/** Arbitrary events of every kind there is: a new kind does not compile before it has its place in this table. */
import fc from 'fast-check';
import type { Cause, DomainEvent, EventData, EventType } from '../../src/events/domain.ts';
import { type RefusalCode, refusals } from '../../src/events/refusals.ts';

/** Any text that a program can hold: line breaks, quotes, characters beyond 16 bits, even lone surrogates. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('\n', '\r', '"', '\\', '\u2028', '\0', '\ud83d', '😀', 'ß'),
    maxLength: 10,
  }),
);

const text = anyText;
const natural = fc.maxSafeNat();

const dataArbitraries: { [T in EventType]: fc.Arbitrary<EventData<T>> } = {
  Seeded: fc.record({
    generation: natural,
    base: fc.record({ number: natural, hash: text }),
    members: fc.array(text, { maxLength: 4 }),
    copies: natural,
    minCopies: natural,
  }),
  LeaderElected: fc.record({ node: text, members: fc.array(text, { maxLength: 4 }), copies: natural }),
  CopiesChanged: fc.record({ copies: natural, dead: fc.array(text, { maxLength: 4 }) }),
  UserRegistered: fc.record({
    user: text,
    name: text,
    skeletons: fc.array(text, { maxLength: 2 }),
    passwordHash: text,
    recoveryHash: text,
  }),
  LoggedIn: fc.record({ user: text, tokenHash: text, expiresAt: natural }),
  LoggedOut: fc.record({ user: text, tokenHash: text }),
  LoggedOutEverywhere: fc.record({ user: text }),
  PasswordChanged: fc.record({ user: text, passwordHash: text, keptTokenHash: text }),
  AccountRecovered: fc.record({ user: text, passwordHash: text, recoveryHash: text }),
  PasswordRehashed: fc.record({ user: text, passwordHash: text }),
  CameOnline: fc.record({ user: text, client: text }),
  WentOffline: fc.record({ user: text, client: text }),
  ItemsShown: fc.record({ user: text, upTo: natural }),
  ConversationRead: fc.record({ user: text, conversation: text, upTo: natural }),
  AccountDeleted: fc.record({ user: text }),
  SessionOpened: fc.record({
    session: text,
    participants: fc.array(text, { maxLength: 4 }),
    continues: fc.option(text),
  }),
  MessagePosted: fc.record({ session: text, from: text, text }),
  GroupOpened: fc.record({
    session: text,
    by: text,
    participants: fc.array(text, { maxLength: 4 }),
    topic: text,
  }),
  MemberJoined: fc.record({ session: text, member: text, by: text }),
  MemberLeft: fc.record({ session: text, member: text }),
  TopicSet: fc.record({ session: text, by: text, topic: text }),
  SessionQuieted: fc.record({ session: text }),
  SessionClosed: fc.record({ session: text, reason: fc.constantFrom('gap', 'deleted') }),
  MatchOpened: fc.record({
    match: text,
    by: text,
    players: fc.tuple(text, fc.option(text)),
    bot: fc.constantFrom('easy', 'hard', null),
    points: natural,
    rules: natural,
    seed: natural,
    continues: fc.option(text),
  }),
  MatchJoined: fc.record({ match: text, player: text }),
  PlayerReady: fc.record({ match: text, player: text }),
  PlayRecorded: fc.record({ match: text, to: natural, play: text }),
  PointScored: fc.record({ match: text, to: natural, play: text, by: fc.constantFrom(0, 1) }),
  MatchPaused: fc.record({ match: text, player: text, isAway: fc.boolean() }),
  MatchEnded: fc.record({
    match: text,
    reason: fc.constantFrom('declined', 'expired', 'forfeit'),
    player: fc.option(text),
    winner: fc.constantFrom(0, 1, null),
  }),
  CommandRefused: fc.record({
    code: fc.constantFrom(...(Object.keys(refusals) as RefusalCode[])),
    message: text,
  }),
};

const anyCause: fc.Arbitrary<Cause> = fc.record({ user: text, id: text, digest: text });

export const eventTypes = Object.keys(dataArbitraries) as EventType[];

export function eventOfType(type: EventType): fc.Arbitrary<DomainEvent> {
  const parts = { type: fc.constant(type), at: natural, data: dataArbitraries[type] as fc.Arbitrary<object> };
  const event = fc.oneof(fc.record(parts), fc.record({ ...parts, cause: anyCause }));
  return event as unknown as fc.Arbitrary<DomainEvent>; // type and data come from one entry of the table
}

export const anyEvent: fc.Arbitrary<DomainEvent> = fc.oneof(...eventTypes.map(eventOfType));
