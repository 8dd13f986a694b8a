import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { restoreSession, restoreUser } from '../../../src/actors/restore.ts';
import { sessionMachine } from '../../../src/actors/session/machine.ts';
import { evolveSession, initialSession } from '../../../src/actors/session/state.ts';
import { userMachine } from '../../../src/actors/user/machine.ts';
import { evolveUser, initialUser } from '../../../src/actors/user/state.ts';
import { registered, sessionEvents, userEvent, userEvents } from '../../support/actor-events.ts';

/** What an actor and the fold of a row have in common. */
interface Kind<E, S> {
  readonly events: fc.Arbitrary<E[]>;
  readonly initial: S;
  evolve(state: S, event: E): S;
  start(): Actor<E, S>;
  restore(state: S): Actor<E, S>;
}

interface Actor<E, S> {
  getSnapshot(): { value: unknown; context: S; can(event: E): boolean };
  send(event: E): void;
}

const user: Kind<Parameters<typeof evolveUser>[1], typeof initialUser> = {
  events: userEvents,
  initial: initialUser,
  evolve: evolveUser,
  start: () => createActor(userMachine).start(),
  restore: restoreUser,
};

const session: Kind<Parameters<typeof evolveSession>[1], typeof initialSession> = {
  events: sessionEvents,
  initial: initialSession,
  evolve: evolveSession,
  start: () => createActor(sessionMachine).start(),
  restore: restoreSession,
};

function stateOf({ value, context }: ReturnType<Actor<unknown, unknown>['getSnapshot']>) {
  return { value, context };
}

function holdsFor<E, S extends { readonly state: string }>({
  events,
  initial,
  evolve,
  start,
  restore,
}: Kind<E, S>) {
  it('has the same state as the fold of the events that it accepted', () => {
    fc.assert(
      fc.property(events, (list) => {
        const actor = start();
        let folded = initial;
        for (const event of list) {
          if (actor.getSnapshot().can(event)) folded = evolve(folded, event);
          actor.send(event);
          const { context, value } = actor.getSnapshot();
          expect(context).toEqual(folded);
          expect(typeof value === 'string' ? value : Object.values(value as object)[0]).toBe(folded.state);
        }
      }),
    );
  });

  it('is not changed by an event that is not possible', () => {
    fc.assert(
      fc.property(events, (list) => {
        const actor = start();
        for (const event of list) {
          const before = actor.getSnapshot();
          actor.send(event);
          if (!before.can(event)) expect(stateOf(actor.getSnapshot())).toEqual(stateOf(before));
        }
      }),
    );
  });

  it('goes on from its row as if it had never been put away', () => {
    fc.assert(
      fc.property(events, events, (before, after) => {
        const original = start();
        for (const event of before) original.send(event);
        const row = JSON.parse(JSON.stringify(original.getSnapshot().context)) as S; // rows are stored as JSON
        const restored = restore(row);
        expect(stateOf(restored.getSnapshot())).toEqual(stateOf(original.getSnapshot()));
        for (const event of after) {
          expect(restored.getSnapshot().can(event)).toBe(original.getSnapshot().can(event));
          original.send(event);
          restored.send(event);
          expect(stateOf(restored.getSnapshot())).toEqual(stateOf(original.getSnapshot()));
        }
      }),
    );
  });
}

describe('a user', () => {
  holdsFor(user);

  it('keeps the tokens of the last 32 log-ins', () => {
    const logins = Array.from({ length: 33 }, (_, index) =>
      userEvent('LoggedIn', { tokenHash: `t${index}`, expiresAt: 99 }),
    );
    const { logIns } = [registered, ...logins].reduce(evolveUser, initialUser);
    expect(logIns.map(({ tokenHash }) => tokenHash)).toEqual(
      Array.from({ length: 32 }, (_, index) => `t${index + 1}`),
    );
  });

  it('forgets at a log-in those that have expired by the time of the log, and none before', () => {
    const logIn = (tokenHash: string, at: number) =>
      userEvent('LoggedIn', { tokenHash, expiresAt: at + 10 }, at);
    const { logIns } = [registered, logIn('t1', 1), logIn('t2', 2), logIn('t3', 11)].reduce(
      evolveUser,
      initialUser,
    );
    expect(logIns.map(({ tokenHash }) => tokenHash)).toEqual(['t2', 't3']);
  });
});

describe('a session', () => {
  holdsFor(session);
});
