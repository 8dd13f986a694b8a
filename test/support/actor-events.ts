/** Events of one user and of one session, possible and impossible ones mixed, for properties of their machines. */
import fc from 'fast-check';
import type { SessionEvent } from '../../src/actors/session/state.ts';
import type { UserEvent } from '../../src/actors/user/state.ts';
import type { EventData } from '../../src/events/domain.ts';

export const userId = 'u-1';
export const sessionId = 's-1';

const at = fc.integer({ min: 1, max: 1000 });
const token = fc.constantFrom('t1', 't2', 't3');
const client = fc.constantFrom('a', 'b');
const hash = fc.constantFrom('p1', 'p2', '');

export function userEvent<T extends UserEvent['type']>(
  type: T,
  data: Omit<EventData<T>, 'user'>,
  atMs = 1,
): UserEvent {
  return { type, at: atMs, data: { user: userId, ...data } } as unknown as UserEvent; // type and data go together
}

export function sessionEvent<T extends SessionEvent['type']>(
  type: T,
  data: Omit<EventData<T>, 'session'>,
  atMs = 1,
): SessionEvent {
  return { type, at: atMs, data: { session: sessionId, ...data } } as unknown as SessionEvent; // as above
}

export const registered = userEvent('UserRegistered', {
  name: 'Alice',
  skeletons: ['alice'],
  passwordHash: 'p1',
  recoveryHash: 'r1',
});
export const openedAsGroup = sessionEvent('GroupOpened', {
  by: 'u-1',
  participants: ['u-1', 'u-2'],
  topic: 'tea',
});
export const openedForTwo = sessionEvent('SessionOpened', { participants: ['u-1', 'u-2'], continues: null });

const anyUserEvent = fc.oneof(
  fc.constant(registered),
  fc.tuple(at, token).map(([ms, tokenHash]) => userEvent('LoggedIn', { tokenHash, expiresAt: ms + 500 }, ms)),
  fc.tuple(at, token).map(([ms, tokenHash]) => userEvent('LoggedOut', { tokenHash }, ms)),
  at.map((ms) => userEvent('LoggedOutEverywhere', {}, ms)),
  fc
    .tuple(at, hash, token)
    .map(([ms, passwordHash, keptTokenHash]) =>
      userEvent('PasswordChanged', { passwordHash, keptTokenHash }, ms),
    ),
  fc.tuple(at, hash).map(([ms, passwordHash]) => userEvent('PasswordRehashed', { passwordHash }, ms)),
  fc
    .tuple(at, hash)
    .map(([ms, passwordHash]) => userEvent('AccountRecovered', { passwordHash, recoveryHash: 'r2' }, ms)),
  fc.tuple(at, client).map(([ms, name]) => userEvent('CameOnline', { client: name }, ms)),
  fc.tuple(at, client).map(([ms, name]) => userEvent('WentOffline', { client: name }, ms)),
  fc.tuple(at, fc.nat({ max: 9 })).map(([ms, upTo]) => userEvent('ItemsShown', { upTo }, ms)),
  fc
    .tuple(at, fc.nat({ max: 9 }))
    .map(([ms, upTo]) => userEvent('ConversationRead', { conversation: 's-1', upTo }, ms)),
  { weight: 1, arbitrary: at.map((ms) => userEvent('AccountDeleted', {}, ms)) },
);

const user = fc.constantFrom('u-1', 'u-2', 'u-3');

const anySessionEvent = fc.oneof(
  fc
    .tuple(at, fc.array(user, { maxLength: 3 }))
    .map(([ms, participants]) => sessionEvent('SessionOpened', { participants, continues: null }, ms)),
  {
    weight: 4,
    arbitrary: fc
      .tuple(at, user)
      .map(([ms, from]) => sessionEvent('MessagePosted', { from, text: 'hi' }, ms)),
  },
  fc
    .tuple(at, user, fc.array(user, { maxLength: 3 }))
    .map(([ms, by, participants]) => sessionEvent('GroupOpened', { by, participants, topic: '' }, ms)),
  {
    weight: 3,
    arbitrary: fc
      .tuple(at, user, user)
      .map(([ms, by, member]) => sessionEvent('MemberJoined', { by, member }, ms)),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(at, user).map(([ms, member]) => sessionEvent('MemberLeft', { member }, ms)),
  },
  fc
    .tuple(at, user, fc.constantFrom('', 'tea'))
    .map(([ms, by, topic]) => sessionEvent('TopicSet', { by, topic }, ms)),
  at.map((ms) => sessionEvent('SessionQuieted', {}, ms)),
  fc
    .tuple(at, fc.constantFrom('gap' as const, 'deleted' as const))
    .map(([ms, reason]) => sessionEvent('SessionClosed', { reason }, ms)),
);

/** Most of them begin well, so that what follows has something to bite on. */
export const userEvents = beginning(registered, fc.array(anyUserEvent, { maxLength: 30 }));
const laterEvents = fc.array(anySessionEvent, { maxLength: 30 });
export const sessionEvents = fc.oneof(
  beginning(openedForTwo, laterEvents),
  beginning(openedAsGroup, laterEvents),
);

function beginning<E>(first: E, events: fc.Arbitrary<E[]>): fc.Arbitrary<E[]> {
  return fc.oneof(
    { weight: 1, arbitrary: events },
    { weight: 4, arbitrary: events.map((rest) => [first, ...rest]) },
  );
}
