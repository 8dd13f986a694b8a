import { beforeEach, describe, expect, it } from 'vitest';
import { ActorRegistry } from '../../../src/actors/registry.ts';
import { evolveSession, initialSession } from '../../../src/actors/session/state.ts';
import { evolveUser, initialUser } from '../../../src/actors/user/state.ts';
import { Layer } from '../../../src/projections/rows.ts';
import { sessions, users } from '../../../src/projections/tables.ts';
import {
  openedForTwo,
  registered,
  sessionEvent,
  sessionId,
  userEvent,
  userId,
} from '../../support/actor-events.ts';

let rows: Layer;
let nowMs: number;
let registry: ActorRegistry;

beforeEach(() => {
  rows = new Layer({ get: () => undefined });
  nowMs = 0;
  registry = new ActorRegistry(
    () => rows,
    () => nowMs,
  );
});

describe('the registry of live actors', () => {
  it('rebuilds an actor from the newest rows when it is first needed', () => {
    rows.put(users.key(userId), evolveUser(initialUser, registered));
    rows.put(sessions.key(sessionId), evolveSession(initialSession, openedForTwo));
    expect(registry.user(userId).getSnapshot().value).toEqual({ registered: 'offline' });
    expect(registry.session(sessionId).getSnapshot().value).toBe('opened');
  });

  it('has an actor for ids that nobody has yet', () => {
    expect(registry.user('u-9').getSnapshot().value).toBe('unregistered');
    expect(registry.session('s-9').getSnapshot().value).toBe('unopened');
  });

  it('hands an event to the actor that it is about, which stays the same', () => {
    const user = registry.user(userId);
    const session = registry.session(sessionId);
    registry.send(registered);
    registry.send(openedForTwo);
    registry.send(sessionEvent('MessagePosted', { from: userId, text: 'hi' }));
    expect(user.getSnapshot().context.name).toBe('Alice');
    expect(session.getSnapshot().context.messages).toBe(1);
    expect([registry.user(userId), registry.session(sessionId)]).toEqual([user, session]);
  });

  it('ignores events that are about no actor', () => {
    registry.send({ type: 'LeaderElected', at: 1, data: { node: 'n1', members: ['n1'], copies: 1 } });
    registry.send({ type: 'CommandRefused', at: 1, data: { code: 'not-possible', message: '' } });
    expect(registry.size).toBe(0);
  });

  it('puts away who was not used for long enough, and only those', () => {
    const user = registry.user(userId);
    registry.session(sessionId);
    nowMs = 50;
    const session = registry.session(sessionId);
    nowMs = 100;
    registry.putAway(50);
    expect(registry.size).toBe(1);
    expect(registry.session(sessionId)).toBe(session);
    expect(registry.user(userId)).not.toBe(user);
    expect(user.getSnapshot().status).toBe('stopped');
  });

  it('has forgotten nothing of an actor that was put away: its row remembers', () => {
    const came = userEvent('CameOnline', { client: 'a' });
    registry.send(registered);
    registry.send(came);
    rows.put(users.key(userId), [registered, came].reduce(evolveUser, initialUser));
    const before = registry.user(userId).getSnapshot();
    nowMs = 10;
    registry.putAway(0);
    expect(registry.size).toBe(0);
    expect(registry.user(userId).getSnapshot()).toMatchObject({
      value: before.value,
      context: before.context,
    });
  });
});
