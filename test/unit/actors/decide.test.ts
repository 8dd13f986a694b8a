import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/actors/decision.ts';
import { restoreSession, restoreUser } from '../../../src/actors/restore.ts';
import { decideSession, type SessionCommand } from '../../../src/actors/session/decide.ts';
import { evolveSession, initialSession, type SessionEvent } from '../../../src/actors/session/state.ts';
import { decideUser, type UserCommand } from '../../../src/actors/user/decide.ts';
import { evolveUser, initialUser, type UserEvent } from '../../../src/actors/user/state.ts';
import { limits } from '../../../src/events/limits.ts';
import type { RefusalCode } from '../../../src/events/refusals.ts';
import {
  openedAsGroup,
  openedForTwo,
  registered,
  sessionEvent,
  sessionEvents,
  userEvent,
  userEvents,
} from '../../support/actor-events.ts';

const givenUser = (...events: UserEvent[]) =>
  restoreUser(events.reduce(evolveUser, initialUser)).getSnapshot();
const givenSession = (...events: SessionEvent[]) =>
  restoreSession(events.reduce(evolveSession, initialSession)).getSnapshot();

const outcomeOf = (decision: Decision) => ('facts' in decision ? decision.facts : decision.refused.code);

const loggedIn = userEvent('LoggedIn', { tokenHash: 't1', expiresAt: 100 });
const expired = userEvent('LoggedIn', { tokenHash: 't1', expiresAt: 9 });
const online = userEvent('CameOnline', { client: 'a' });
const shown = userEvent('ItemsShown', { upTo: 5 });
const deleted = userEvent('AccountDeleted', {});

type UserCase = [when: string, given: UserEvent[], command: UserCommand, then: RefusalCode | object];

const logIn = (verifiedAgainst: string | null, tokenHash = 't1') => ({
  type: 'LogIn' as const,
  verifiedAgainst,
  tokenHash,
  expiresAt: 99,
});
const changePassword = (verifiedAgainst: string | null): UserCommand => {
  return { type: 'ChangePassword', verifiedAgainst, passwordHash: 'p2', tokenHash: 't1' };
};
const recover = (recoveredBy: string): UserCommand => {
  return { type: 'Recover', recoveredBy, passwordHash: 'p2', recoveryHash: 'r2' };
};
const register: UserCommand = {
  type: 'RegisterUser',
  user: 'u-1',
  name: 'Al',
  skeletons: ['al'],
  passwordHash: 'p1',
  recoveryHash: 'r1',
};
const markShown = (upTo: number, last: number): UserCommand => ({ type: 'MarkShown', upTo, last });

const userCases: UserCase[] = [
  [
    'registering',
    [],
    register,
    {
      type: 'UserRegistered',
      data: { user: 'u-1', name: 'Al', skeletons: ['al'], passwordHash: 'p1', recoveryHash: 'r1' },
    },
  ],
  [
    'coming online with more clients than anybody has',
    [registered, ...Array.from({ length: 64 }, (_, n) => userEvent('CameOnline', { client: `c${n}` }))],
    { type: 'ComeOnline', client: 'one-more' },
    'not-possible',
  ],
  ['registering twice', [registered], register, 'not-possible'],
  ['registering under the id of one deleted', [registered, deleted], register, 'not-possible'],
  [
    'logging in',
    [registered],
    logIn('p1'),
    { type: 'LoggedIn', data: { user: 'u-1', tokenHash: 't1', expiresAt: 99 } },
  ],
  [
    'logging in with a second token',
    [registered, loggedIn],
    logIn('p1', 't2'),
    { type: 'LoggedIn', data: { user: 'u-1', tokenHash: 't2', expiresAt: 99 } },
  ],
  [
    'logging in with a password that is hashed anew',
    [registered],
    { ...logIn('p1'), passwordHash: 'p2' },
    [
      { type: 'PasswordRehashed', data: { user: 'u-1', passwordHash: 'p2' } },
      { type: 'LoggedIn', data: { user: 'u-1', tokenHash: 't1', expiresAt: 99 } },
    ],
  ],
  [
    'logging in with the same token and a password that is hashed anew',
    [registered, loggedIn],
    { ...logIn('p1'), passwordHash: 'p2' },
    'wrong-credentials',
  ],
  ['logging in with a wrong password', [registered], logIn(null), 'wrong-credentials'],
  [
    'logging in with the password of before a change',
    [registered, userEvent('PasswordChanged', { passwordHash: 'p2', keptTokenHash: '' })],
    logIn('p1'),
    'wrong-credentials',
  ],
  ['logging in with the same token', [registered, loggedIn], logIn('p1'), 'wrong-credentials'],
  ['logging in when nobody registered', [], logIn(null), 'wrong-credentials'],
  ['logging in when deleted', [registered, deleted], logIn('p1'), 'wrong-credentials'],
  ['logging in when deleted, against nothing', [registered, deleted], logIn(''), 'wrong-credentials'],
  [
    'logging out',
    [registered, loggedIn],
    { type: 'LogOut', tokenHash: 't1' },
    { type: 'LoggedOut', data: { user: 'u-1', tokenHash: 't1' } },
  ],
  [
    'logging out with a token that is not open',
    [registered, loggedIn],
    { type: 'LogOut', tokenHash: 't2' },
    'not-logged-in',
  ],
  [
    'logging out when deleted',
    [registered, loggedIn, deleted],
    { type: 'LogOut', tokenHash: 't1' },
    'not-logged-in',
  ],
  ['logging out when expired', [registered, expired], { type: 'LogOut', tokenHash: 't1' }, 'not-logged-in'],
  [
    'logging out everywhere',
    [registered, loggedIn],
    { type: 'LogOutEverywhere', tokenHash: 't1' },
    { type: 'LoggedOutEverywhere', data: { user: 'u-1' } },
  ],
  [
    'logging out everywhere by a token that is not open',
    [registered, loggedIn],
    { type: 'LogOutEverywhere', tokenHash: 't2' },
    'not-logged-in',
  ],
  [
    'changing the password',
    [registered, loggedIn],
    changePassword('p1'),
    { type: 'PasswordChanged', data: { user: 'u-1', passwordHash: 'p2', keptTokenHash: 't1' } },
  ],
  [
    'changing the password without knowing it',
    [registered, loggedIn],
    changePassword(null),
    'wrong-credentials',
  ],
  ['changing the password when deleted', [registered, deleted], changePassword(''), 'not-possible'],
  [
    'recovering',
    [registered, loggedIn],
    recover('r1'),
    { type: 'AccountRecovered', data: { user: 'u-1', passwordHash: 'p2', recoveryHash: 'r2' } },
  ],
  ['recovering with a wrong code', [registered], recover('r9'), 'wrong-credentials'],
  [
    'recovering with a code that was used',
    [registered, userEvent('AccountRecovered', { passwordHash: 'p2', recoveryHash: 'r2' })],
    recover('r1'),
    'wrong-credentials',
  ],
  ['recovering when deleted', [registered, deleted], recover('r1'), 'wrong-credentials'],
  ['recovering when deleted, with nothing', [registered, deleted], recover(''), 'not-possible'],
  [
    'coming online',
    [registered],
    { type: 'ComeOnline', client: 'a' },
    { type: 'CameOnline', data: { user: 'u-1', client: 'a' } },
  ],
  [
    'coming online with a second client',
    [registered, online],
    { type: 'ComeOnline', client: 'b' },
    { type: 'CameOnline', data: { user: 'u-1', client: 'b' } },
  ],
  ['coming online twice', [registered, online], { type: 'ComeOnline', client: 'a' }, 'nothing-new'],
  [
    'going offline',
    [registered, online],
    { type: 'GoOffline', client: 'a' },
    { type: 'WentOffline', data: { user: 'u-1', client: 'a' } },
  ],
  [
    'going offline without having come',
    [registered, online],
    { type: 'GoOffline', client: 'b' },
    'nothing-new',
  ],
  ['marking as shown', [registered], markShown(5, 5), { type: 'ItemsShown', data: { user: 'u-1', upTo: 5 } }],
  ['marking as shown what is not there', [registered], markShown(6, 5), 'not-possible'],
  ['marking as shown what was shown', [registered, shown], markShown(5, 9), 'nothing-new'],
  ['marking as shown when deleted', [registered, deleted], markShown(5, 5), 'nothing-new'],
  [
    'deleting the account',
    [registered, online, loggedIn],
    { type: 'DeleteAccount', tokenHash: 't1' },
    { type: 'AccountDeleted', data: { user: 'u-1' } },
  ],
  [
    'deleting it twice',
    [registered, loggedIn, deleted],
    { type: 'DeleteAccount', tokenHash: 't1' },
    'not-logged-in',
  ],
  [
    'deleting it by a log-in that was ended',
    [registered, loggedIn, userEvent('LoggedOut', { tokenHash: 't1' })],
    { type: 'DeleteAccount', tokenHash: 't1' },
    'not-logged-in',
  ],
  [
    'deleting it by a log-in that has expired',
    [registered, expired],
    { type: 'DeleteAccount', tokenHash: 't1' },
    'not-logged-in',
  ],
];

describe('a user decides on', () => {
  it.each(userCases)('%s', (_, given, command, then) => {
    expect(outcomeOf(decideUser(givenUser(...given), command, 9))).toEqual(
      typeof then === 'string' || Array.isArray(then) ? then : [then],
    );
  });

  it('a position beyond the queue with a sentence of its own', () => {
    const decision = decideUser(givenUser(registered), markShown(6, 5), 9);
    expect(decision).toMatchObject({ refused: { message: 'That position is not in your queue.' } });
  });

  it('commands in such a way that its facts are always possible', () => {
    const commands = fc.constantFrom(...userCases.map(([, , command]) => command));
    fc.assert(
      fc.property(userEvents, commands, (events, command) => {
        const actor = restoreUser(initialUser);
        for (const event of events) actor.send(event);
        const decision = decideUser(actor.getSnapshot(), command, 9);
        for (const fact of 'facts' in decision ? decision.facts : []) {
          const event = { ...fact, at: 9 } as UserEvent;
          expect(actor.getSnapshot().can(event)).toBe(true);
          actor.send(event);
        }
      }),
    );
  });
});

type SessionCase = [when: string, given: SessionEvent[], command: SessionCommand, then: RefusalCode | object];

const open = (...participants: string[]): SessionCommand => {
  return { type: 'OpenSession', session: 's-1', participants, continues: 's-0' };
};
const post = (from: string): SessionCommand => ({ type: 'PostMessage', from, text: 'hi' });
const close: SessionCommand = { type: 'CloseSession', reason: 'gap' };
const quiet: SessionCommand = { type: 'QuietSession' };
const posted = sessionEvent('MessagePosted', { from: 'u-1', text: 'hi' });
const quieted = sessionEvent('SessionQuieted', {});
const closed = sessionEvent('SessionClosed', { reason: 'gap' });

const many = Array.from({ length: limits.membersMax }, (_, index) => `u-${index + 1}`);
const fullGroup = sessionEvent('GroupOpened', { by: 'u-1', participants: many, topic: '' });
const openGroup = (by: string, ...participants: string[]): SessionCommand => {
  return { type: 'OpenGroup', session: 's-1', by, participants, topic: 'tea' };
};
const invite = (by: string, member: string): SessionCommand => ({ type: 'Invite', by, member });
const leave = (member: string): SessionCommand => ({ type: 'Leave', member });
const setTopic = (by: string, topic: string): SessionCommand => ({ type: 'SetTopic', by, topic });
const left = (member: string) => sessionEvent('MemberLeft', { member });

const groupCases: SessionCase[] = [
  [
    'opening a group',
    [],
    openGroup('u-1', 'u-1', 'u-2', 'u-3'),
    {
      type: 'GroupOpened',
      data: { session: 's-1', by: 'u-1', participants: ['u-1', 'u-2', 'u-3'], topic: 'tea' },
    },
  ],
  ['opening a group that one is not in', [], openGroup('u-9', 'u-1', 'u-2'), 'not-possible'],
  ['opening a group again', [openedAsGroup], openGroup('u-1', 'u-1', 'u-2'), 'not-possible'],
  ['opening a group of too many', [], openGroup('u-1', ...many, 'u-last'), 'group-full'],
  [
    'inviting somebody',
    [openedAsGroup],
    invite('u-2', 'u-3'),
    { type: 'MemberJoined', data: { session: 's-1', member: 'u-3', by: 'u-2' } },
  ],
  ['inviting a member', [openedAsGroup], invite('u-1', 'u-2'), 'already-member'],
  ['inviting as a stranger', [openedAsGroup], invite('u-3', 'u-4'), 'unknown-session'],
  ['inviting oneself', [openedAsGroup], invite('u-3', 'u-3'), 'unknown-session'],
  ['inviting into a pair', [openedForTwo], invite('u-1', 'u-3'), 'unknown-session'],
  ['inviting where there is no room', [fullGroup], invite('u-1', 'u-last'), 'group-full'],
  ['inviting after leaving', [openedAsGroup, left('u-1')], invite('u-1', 'u-3'), 'unknown-session'],
  ['leaving', [openedAsGroup], leave('u-1'), { type: 'MemberLeft', data: { session: 's-1', member: 'u-1' } }],
  ['leaving twice', [openedAsGroup, left('u-1')], leave('u-1'), 'unknown-session'],
  ['leaving a pair', [openedForTwo], leave('u-1'), 'unknown-session'],
  [
    'inviting back where nobody is any more',
    [openedAsGroup, left('u-1'), left('u-2')],
    invite('u-1', 'u-2'),
    'unknown-session',
  ],
  [
    'a topic',
    [openedAsGroup],
    setTopic('u-2', 'lunch'),
    { type: 'TopicSet', data: { session: 's-1', by: 'u-2', topic: 'lunch' } },
  ],
  ['the same topic', [openedAsGroup], setTopic('u-2', 'tea'), 'nothing-new'],
  ['a topic of a stranger', [openedAsGroup], setTopic('u-3', 'lunch'), 'unknown-session'],
  ['a topic of a pair', [openedForTwo], setTopic('u-1', 'lunch'), 'unknown-session'],
  ['a message after leaving', [openedAsGroup, left('u-1')], post('u-1'), 'unknown-session'],
  [
    'a message where nobody is any more',
    [openedAsGroup, left('u-1'), left('u-2')],
    post('u-1'),
    'session-closed',
  ],
];

const sessionCases: SessionCase[] = [
  ...groupCases,
  [
    'opening for a pair',
    [],
    open('u-1', 'u-2'),
    { type: 'SessionOpened', data: { session: 's-1', participants: ['u-1', 'u-2'], continues: 's-0' } },
  ],
  ['opening for one alone', [], open('u-1'), 'not-possible'],
  ['opening for the same one twice', [], open('u-1', 'u-1'), 'not-possible'],
  ['opening again', [openedForTwo], open('u-1', 'u-2'), 'not-possible'],
  ['opening again when closed', [openedForTwo, closed], open('u-1', 'u-2'), 'not-possible'],
  [
    'a message of a participant',
    [openedForTwo],
    post('u-1'),
    { type: 'MessagePosted', data: { session: 's-1', from: 'u-1', text: 'hi' } },
  ],
  [
    'a message after one',
    [openedForTwo, posted],
    post('u-1'),
    { type: 'MessagePosted', data: { session: 's-1', from: 'u-1', text: 'hi' } },
  ],
  [
    'a message when quiet',
    [openedForTwo, posted, quieted],
    post('u-2'),
    { type: 'MessagePosted', data: { session: 's-1', from: 'u-2', text: 'hi' } },
  ],
  ['a message of a stranger', [openedForTwo], post('u-3'), 'unknown-session'],
  ['a message where nothing was opened', [], post('u-1'), 'unknown-session'],
  ['a message when closed', [openedForTwo, closed], post('u-1'), 'session-closed'],
  ['falling quiet', [openedForTwo, posted], quiet, { type: 'SessionQuieted', data: { session: 's-1' } }],
  ['falling quiet before the first word', [openedForTwo], quiet, 'not-possible'],
  ['falling quiet twice', [openedForTwo, posted, quieted], quiet, 'not-possible'],
  [
    'closing before the first word',
    [openedForTwo],
    close,
    { type: 'SessionClosed', data: { session: 's-1', reason: 'gap' } },
  ],
  [
    'closing when active',
    [openedForTwo, posted],
    { ...close, reason: 'deleted' },
    { type: 'SessionClosed', data: { session: 's-1', reason: 'deleted' } },
  ],
  [
    'closing when quiet',
    [openedForTwo, posted, quieted],
    close,
    { type: 'SessionClosed', data: { session: 's-1', reason: 'gap' } },
  ],
  ['closing twice', [openedForTwo, closed], close, 'session-closed'],
];

describe('a session decides on', () => {
  it.each(sessionCases)('%s', (_, given, command, then) => {
    expect(outcomeOf(decideSession(givenSession(...given), command, 9))).toEqual(
      typeof then === 'string' ? then : [then],
    );
  });

  it('commands in such a way that its facts are always possible', () => {
    const commands = fc.constantFrom(...sessionCases.map(([, , command]) => command));
    fc.assert(
      fc.property(sessionEvents, commands, (events, command) => {
        const actor = restoreSession(initialSession);
        for (const event of events) actor.send(event);
        const decision = decideSession(actor.getSnapshot(), command, 9);
        for (const fact of 'facts' in decision ? decision.facts : []) {
          expect(actor.getSnapshot().can({ ...fact, at: 9 } as SessionEvent)).toBe(true);
        }
      }),
    );
  });
});
