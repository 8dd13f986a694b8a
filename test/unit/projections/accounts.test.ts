import { beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/events/domain.ts';
import { foldCluster } from '../../../src/projections/cluster.ts';
import { Layer } from '../../../src/projections/rows.ts';
import {
  clusterTable,
  memberships,
  names,
  online,
  pairs,
  sessions,
  tokens,
} from '../../../src/projections/tables.ts';
import { logInMs, sessionGapMs, World } from '../../support/world.ts';

let world: World;
let alice: string;
let bob: string;

beforeEach(() => {
  world = new World();
  alice = world.register('Alice');
  bob = world.register('Bob');
});

const logIn = (tokenHash: string) =>
  world.tell('g-0', { type: 'LogIn', name: 'ALICE', verifiedAgainst: 'p1', tokenHash });
const openedBy = (token: string) => tokens.get(world.rows, token)?.user;
const sessionAt = (position: number) =>
  (world.stored[position - 1]!.event.data as { session: string }).session;

describe('an account', () => {
  it('is found by its name in any spelling, and by each of its tokens', () => {
    logIn('t1');
    logIn('t2');
    expect(names.get(world.rows, 'alice')).toBe(alice);
    expect(['t1', 't2'].map(openedBy)).toEqual([alice, alice]);
  });

  it('keeps its token whoever logs in with the hash of it (P9)', () => {
    logIn('t1');
    const taking = world.tell('g-0', { type: 'LogIn', name: 'Bob', verifiedAgainst: 'p1', tokenHash: 't1' });
    expect(taking).toMatchObject({ type: 'CommandRefused', data: { code: 'wrong-credentials' } });
    expect(openedBy('t1')).toBe(alice);
  });

  it('is opened by a token until that is logged out', () => {
    logIn('t1');
    logIn('t2');
    world.tell(alice, { type: 'LogOut', tokenHash: 't1' });
    expect(['t1', 't2'].map(openedBy)).toEqual([undefined, alice]);
  });

  it('is opened by no token any more once it was logged out everywhere, but by the next', () => {
    for (const token of ['t1', 't2']) logIn(token);
    world.tell(alice, { type: 'LogOutEverywhere', tokenHash: 't2' });
    expect(['t1', 't2'].map(openedBy)).toEqual([undefined, undefined]);
    logIn('t3');
    expect(openedBy('t3')).toBe(alice);
  });

  it('is opened by a token as long as the log says', () => {
    logIn('t1');
    const { event } = world.stored.at(-1)!;
    expect(tokens.get(world.rows, 't1')).toEqual({ user: alice, expiresAt: event.at + logInMs });
    world.wait(logInMs);
    const refused = world.tell(alice, { type: 'LogOut', tokenHash: 't1' });
    expect(refused).toMatchObject({ data: { code: 'not-logged-in' } });
    logIn('t2');
    expect(['t1', 't2'].map(openedBy)).toEqual([undefined, alice]);
  });

  it('is opened by one token alone after a change of the password', () => {
    for (const token of ['t1', 't2', 't3']) logIn(token);
    world.tell(alice, { type: 'ChangePassword', verifiedAgainst: 'p1', passwordHash: 'p2', tokenHash: 't2' });
    expect(['t1', 't2', 't3'].map(openedBy)).toEqual([undefined, alice, undefined]);
  });

  it('is opened by no more than its last 32 tokens', () => {
    for (let login = 0; login <= 32; login++) logIn(`t${login}`);
    expect(openedBy('t0')).toBeUndefined();
    expect(openedBy('t1')).toBe(alice);
  });

  it('is online from its first client to its last', () => {
    const steps = [
      ['ComeOnline', 'a', 1],
      ['ComeOnline', 'b', 1],
      ['GoOffline', 'a', 1],
      ['GoOffline', 'b', undefined],
    ] as const;
    for (const [type, client, expected] of steps) {
      world.tell(alice, { type }, client);
      expect(online.get(world.rows, alice)).toBe(expected);
    }
  });
});

describe('a pair', () => {
  it('goes on in its session, whoever writes, until the gap was too long', () => {
    const first = sessionAt(world.post(alice, 'bob'));
    world.wait(sessionGapMs);
    expect(sessionAt(world.post(bob, 'alice'))).toBe(first);
    world.wait(sessionGapMs + 1);
    const second = sessionAt(world.post(alice, 'bob'));
    expect(second).not.toBe(first);
    expect(sessions.get(world.rows, first)).toMatchObject({ state: 'closed', messages: 2 });
    expect(sessions.get(world.rows, second)).toMatchObject({ state: 'active', messages: 1 });
    expect(pairs.get(world.rows, ...[alice, bob].sort())).toBe(second);
  });

  it('opens a session together with its first message, as one frame', () => {
    world.post(alice, 'bob');
    expect(world.commands.at(-1)!.map(({ type }) => type)).toEqual(['SessionOpened', 'MessagePosted']);
    world.wait(sessionGapMs + 1);
    const session = sessionAt(world.post(alice, 'bob'));
    const [closed, opened] = world.commands.at(-1)!;
    expect(closed).toMatchObject({ type: 'SessionClosed', data: { reason: 'gap' } });
    const continues = (closed!.data as { session: string }).session;
    expect(opened).toMatchObject({ type: 'SessionOpened', data: { session, continues } });
  });

  it('has its sessions among those of each side', () => {
    const session = sessionAt(world.post(alice, 'bob'));
    for (const user of [alice, bob]) {
      const own = [...world.rows.additions].filter(([key]) => key.startsWith(memberships.key(user, '')));
      expect(own.map(([, id]) => id)).toEqual([session]);
    }
  });
});

describe('the cluster', () => {
  const seeded = {
    generation: 1,
    epoch: 1,
    leader: 'n1',
    members: ['n1', 'n2', 'n3'],
    copies: 2,
    wanted: 2,
    minCopies: 1,
  };

  it('is what was seeded, led by whoever was elected last', () => {
    expect(clusterTable.get(world.rows)).toEqual(seeded);
    world.elect('n3');
    expect(clusterTable.get(world.rows)).toEqual({ ...seeded, epoch: 2, leader: 'n3' });
  });

  it('commits with as many copies as was said last, and still knows how many it wants (P1)', () => {
    world.changeCopies(1, ['n2', 'n3']);
    expect(clusterTable.get(world.rows)).toEqual({ ...seeded, copies: 1 });
    world.elect('n3', 1);
    expect(clusterTable.get(world.rows)).toEqual({ ...seeded, epoch: 2, leader: 'n3', copies: 1 });
    world.changeCopies(2);
    expect(clusterTable.get(world.rows)).toEqual({ ...seeded, epoch: 2, leader: 'n3', copies: 2 });
  });

  it('begins anew with every seeding, without a leader', () => {
    world.changeCopies(1, ['n2', 'n3']);
    world.seed({ generation: 3, members: ['n1', 'n2'], copies: 2, minCopies: 2 });
    expect(clusterTable.get(world.rows)).toEqual({
      generation: 3,
      epoch: 2,
      leader: '',
      members: ['n1', 'n2'],
      copies: 2,
      wanted: 2,
      minCopies: 2,
    });
  });

  it('is unknown until it is seeded: what comes before is not taken for it', () => {
    const rows = new Layer({ get: () => undefined });
    const place = { position: 1, frame: 1, epoch: 1 };
    const elected: DomainEvent = {
      type: 'LeaderElected',
      at: 1,
      data: { node: 'n1', members: ['n1'], copies: 1 },
    };
    const changed: DomainEvent = { type: 'CopiesChanged', at: 1, data: { copies: 1, dead: [] } };
    for (const event of [elected, changed]) foldCluster(rows, { event, ...place });
    expect(clusterTable.get(rows)).toBeUndefined();
  });
});
