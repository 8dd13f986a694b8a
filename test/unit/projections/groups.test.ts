import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../src/events/limits.ts';
import { mailboxes, memberships, reads, sessions, stays } from '../../../src/projections/tables.ts';
import { conversationOf, sightOf } from '../../../src/service/belonging.ts';
import { queueOf } from '../../support/queues.ts';
import { sessionGapMs, World } from '../../support/world.ts';

let world: World;
let alice: string;
let bob: string;
let carol: string;
let group: string;

beforeEach(() => {
  world = new World();
  [alice, bob, carol] = ['Alice', 'Bob', 'Carol'].map((name) => world.register(name)) as [
    string,
    string,
    string,
  ];
  group = open(alice, 'Bob');
});

function open(by: string, ...members: string[]): string {
  const event = world.tell(by, { type: 'OpenGroup', members, topic: 'tea' });
  return event.type === 'GroupOpened' ? event.data.session : '';
}
const last = () => world.stored.length;
const codeOf = (event: ReturnType<World['tell']>) =>
  event.type === 'CommandRefused' ? event.data.code : event.type;
const post = (from: string, session = group) =>
  codeOf(world.tell(from, { type: 'PostMessage', session, text: 'hi' }));
const invite = (by: string, name: string, session = group) =>
  codeOf(world.tell(by, { type: 'Invite', session, name }));
const leave = (user: string, session = group) => codeOf(world.tell(user, { type: 'LeaveGroup', session }));

describe('a group', () => {
  it('puts what is said and done into the queues of its other members, in order (P4)', () => {
    const opened = last();
    post(alice);
    invite(bob, 'Carol');
    post(carol);
    world.tell(alice, { type: 'SetTopic', session: group, topic: 'cake' });
    leave(bob);
    post(alice);
    const at = (...offsets: number[]) => offsets.map((offset) => ({ position: opened + offset, group }));
    expect(queueOf(world.rows, alice)).toEqual(at(2, 3, 5));
    expect(queueOf(world.rows, bob)).toEqual(at(0, 1, 3, 4));
    expect(queueOf(world.rows, carol)).toEqual(at(2, 4, 5, 6));
  });

  it('is seen from joining to leaving, each time (P9)', () => {
    post(alice);
    invite(alice, 'carol');
    const from = last();
    leave(carol);
    const to = last();
    post(alice);
    invite(alice, 'CAROL');
    const again = last();
    post(alice);
    expect(stays.get(world.rows, carol, group)).toEqual([
      [from, to],
      [again, null],
    ]);
    const sight = sightOf(world.rows, carol, group)!;
    const seen = world.stored.map(({ position }) => position).filter((position) => sight.covers(position));
    expect(seen).toEqual([from, to, again, again + 1]);
    expect(sightOf(world.rows, 'u-nobody', group)).toBeUndefined();
    const own = [...world.rows.additions].filter(([key]) => key.startsWith(memberships.key(carol, '')));
    expect(own.map(([, session]) => session)).toEqual([group]); // listed once, however often somebody comes
  });

  it('is not refused to members, and to nobody else allowed', () => {
    expect(post(carol)).toBe('unknown-session');
    expect(invite(carol, 'Carol')).toBe('unknown-session');
    expect(leave(carol)).toBe('unknown-session');
    expect(codeOf(world.tell(carol, { type: 'SetTopic', session: group, topic: '' }))).toBe(
      'unknown-session',
    );
    expect(codeOf(world.tell(carol, { type: 'MarkRead', session: group, upTo: 1 }))).toBe('unknown-session');
    expect(invite(bob, 'nobody')).toBe('unknown-user');
    expect(invite(bob, 'Alice')).toBe('already-member');
    expect(codeOf(world.tell(alice, { type: 'OpenGroup', members: ['ALICE'], topic: '' }))).toBe(
      'to-yourself',
    );
    leave(alice);
    expect(post(alice)).toBe('unknown-session');
    expect(post(bob)).toBe('MessagePosted');
    leave(bob);
    expect(sessions.get(world.rows, group)).toMatchObject({ state: 'closed', participants: [] });
  });

  it('is left by whoever is deleted, in the same frame; its words stay and nothing is returned (P4)', () => {
    const other = open(carol, 'Bob');
    post(alice);
    world.post(carol, 'Bob');
    world.deleteAccount(bob);
    expect(world.commands.at(-1)!.map(({ type }) => type)).toEqual([
      'MemberLeft',
      'MemberLeft',
      'AccountDeleted',
    ]);
    expect(queueOf(world.rows, alice)).toEqual([{ position: last() - 2, group }]);
    expect(queueOf(world.rows, carol).map((item) => 'returned' in item)).toEqual([false, true]);
    for (const session of [group, other])
      expect(sessions.get(world.rows, session)?.participants).not.toContain(bob);
  });

  it('is one of so many that a user can be in', () => {
    for (let index = 1; index < limits.groupsPerUserMax; index++) open(alice, 'Carol');
    expect(codeOf(world.tell(alice, { type: 'OpenGroup', members: ['Carol'], topic: '' }))).toBe(
      'too-many-groups',
    );
    expect(invite(bob, 'Carol')).toBe('MemberJoined');
    leave(alice);
    expect(codeOf(world.tell(alice, { type: 'OpenGroup', members: ['Bob'], topic: '' }))).toBe('GroupOpened');
  });
});

describe('a conversation', () => {
  it('of a pair is named by its first session, and goes on by any of them', () => {
    world.post(alice, 'Carol');
    const first = sessionOfLast();
    world.wait(sessionGapMs + 1);
    world.tell(carol, { type: 'PostMessage', session: first, text: 'later' });
    const second = sessionOfLast();
    world.wait(sessionGapMs + 1);
    world.post(alice, 'Carol');
    const third = sessionOfLast();
    expect(new Set([first, second, third]).size).toBe(3);
    for (const session of [first, second, third]) expect(conversationOf(world.rows, session)).toBe(first);
    expect(sessions.get(world.rows, third)?.continues).toBe(second);
    world.deleteAccount(carol);
    expect(post(alice, first)).toBe('unknown-user');
  });

  it('is read up to a position that never falls and is never ahead of the queue', () => {
    world.post(alice, 'Carol');
    const session = sessionOfLast();
    const end = mailboxes.get(world.rows, carol)!.last[0];
    const mark = (upTo: number) => codeOf(world.tell(carol, { type: 'MarkRead', session, upTo }));
    expect(mark(end + 1_000)).toBe('ConversationRead');
    expect(reads.get(world.rows, session, carol)).toBe(end);
    expect(mark(end)).toBe('nothing-new');
    expect(mark(1)).toBe('nothing-new');
    expect(reads.get(world.rows, session, alice)).toBeUndefined();
  });

  const sessionOfLast = () => (world.stored.at(-1)!.event.data as { session: string }).session;
});
