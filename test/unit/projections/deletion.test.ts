import { beforeEach, describe, expect, it } from 'vitest';
import { numberKey } from '../../../src/projections/rows.ts';
import { items, names, online, tokens, users } from '../../../src/projections/tables.ts';
import { viewMessage } from '../../../src/service/views.ts';
import { queueOf as queueInRows } from '../../support/queues.ts';
import { World } from '../../support/world.ts';

let world: World;
let alice: string;
let bob: string;
let carol: string;

beforeEach(() => {
  world = new World();
  alice = world.register('Alice');
  bob = world.register('Bob');
  carol = world.register('Carol');
});

const remove = (user: string) => world.deleteAccount(user);
const logIn = (name: string, tokenHash: string) =>
  world.tell('g-0', { type: 'LogIn', name, verifiedAgainst: 'p1', tokenHash });

const queueOf = (user: string) => queueInRows(world.rows, user);

describe('what a deleted account had not been shown (P4)', () => {
  it('comes back to its sender once, in order, as one item', () => {
    const seen = world.post(alice, 'Bob');
    world.showAll(bob);
    const unseen = [world.post(alice, 'Bob'), world.post(alice, 'Bob')];
    expect(queueOf(bob)).toEqual([seen, ...unseen].map((position) => ({ position, from: alice })));
    remove(bob);
    expect(queueOf(alice)).toEqual([{ position: world.stored.length, returned: unseen }]);
    remove(bob);
    expect(queueOf(alice)).toHaveLength(1);
  });

  it('comes back to each of several senders, to everyone their own', () => {
    const first = world.post(alice, 'Bob');
    const second = world.post(carol, 'Bob');
    const third = world.post(alice, 'Bob');
    remove(bob);
    const position = world.stored.length;
    expect(queueOf(alice)).toEqual([{ position, returned: [first, third] }]);
    expect(queueOf(carol)).toEqual([{ position, returned: [second] }]);
  });

  it('stands behind what the sender has in the queue already', () => {
    const sent = world.post(alice, 'Bob');
    const received = world.post(carol, 'Alice');
    remove(bob);
    expect(queueOf(alice)).toEqual([
      { position: received, from: carol },
      { position: world.stored.length, returned: [sent] },
    ]);
  });

  it('does not come back at all when all of it was shown', () => {
    world.post(alice, 'Bob');
    world.showAll(bob);
    remove(bob);
    expect(queueOf(alice)).toEqual([]);
  });

  it('does not come back to one who is gone', () => {
    world.post(alice, 'Bob');
    remove(alice);
    remove(bob);
    expect(queueOf(alice)).toEqual([]);
  });

  it('does not come back a second time, out of the queue of a sender who goes too', () => {
    world.post(carol, 'Alice');
    world.post(alice, 'Bob');
    remove(bob);
    remove(alice);
    expect(queueOf(carol)).toHaveLength(1);
    expect(queueOf(bob).filter((item) => 'returned' in item)).toEqual([]);
  });

  it('points at places where the messages are', () => {
    const position = world.post(alice, 'Bob', 'are you there?');
    remove(bob);
    const frame = world.stored.at(-1)!.frame;
    const { runs } = items.get(world.rows, alice, numberKey(frame))!;
    expect(runs).toMatchObject([{ returned: [[position, world.stored[position - 1]!.frame]] }]);
  });
});

describe('a deleted account', () => {
  it('leaves no name, no token and nobody online', () => {
    logIn('Bob', 't1');
    logIn('Bob', 't2');
    world.tell(bob, { type: 'ComeOnline' });
    expect([
      names.get(world.rows, 'bob'),
      tokens.get(world.rows, 't1')?.user,
      online.get(world.rows, bob),
    ]).toEqual([bob, bob, 1]);
    remove(bob);
    expect(names.get(world.rows, 'bob')).toBeUndefined();
    expect(tokens.get(world.rows, 't1')).toBeUndefined();
    expect(tokens.get(world.rows, 't2')).toBeUndefined();
    expect(online.get(world.rows, bob)).toBeUndefined();
    expect(JSON.stringify(users.get(world.rows, bob))).not.toMatch(/Bob|p1|r1|t1/);
  });

  it('can do nothing any more, and nobody can write to it', () => {
    remove(bob);
    expect(logIn('Bob', 't1')).toMatchObject({ data: { code: 'wrong-credentials' } });
    expect(world.tell(bob, { type: 'PostMessage', to: 'Alice', text: 'boo' })).toMatchObject({
      data: { code: 'not-logged-in' },
    });
    expect(world.tell(alice, { type: 'PostMessage', to: 'Bob', text: 'hi' })).toMatchObject({
      data: { code: 'unknown-user' },
    });
  });

  it('stays in the sessions of others, as somebody without a name', () => {
    const position = world.post(bob, 'Alice', 'farewell');
    remove(bob);
    const view = viewMessage(world.rows, world.stored[position - 1]!);
    expect(view).toMatchObject({ from: 'deleted user', text: 'farewell' });
    expect(queueOf(alice)).toEqual([{ position, from: bob }]);
  });
});

describe('a name that is free again', () => {
  it('goes to somebody new, who inherits no mail, no token and no session', () => {
    logIn('Bob', 't1');
    const before = world.post(alice, 'Bob');
    remove(bob);
    const other = world.register('BOB');
    expect(other).not.toBe(bob);
    expect(names.get(world.rows, 'bob')).toBe(other);
    expect(queueOf(other)).toEqual([]);
    expect(tokens.get(world.rows, 't1')).toBeUndefined();
    const after = world.post(alice, 'bob');
    expect(queueOf(other)).toEqual([{ position: after, from: alice }]);
    const [first, second] = [before, after].map((position) => world.stored[position - 1]!.event.data);
    expect(first).toHaveProperty('session');
    expect((second as { session: string }).session).not.toBe((first as { session: string }).session);
  });

  it('is taken before, in whatever way it is written', () => {
    expect(() => world.register('BOB')).toThrow('name-taken');
    expect(() => world.register('ｂｏｂ'.normalize('NFKC'))).toThrow('name-taken');
  });
});
