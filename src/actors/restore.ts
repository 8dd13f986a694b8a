/**
 * Actors from states. A row of the projections is the fold of all of an actor's events, so it serves as the snapshot
 * that the actor is rebuilt from: by `history` the same state can be reached again event by event, which tests do.
 */
import { type ActorRefFrom, createActor } from 'xstate';
import { sessionMachine } from './session/machine.ts';
import type { SessionState } from './session/state.ts';
import { userMachine } from './user/machine.ts';
import type { UserState } from './user/state.ts';

export type UserActor = ActorRefFrom<typeof userMachine>;
export type SessionActor = ActorRefFrom<typeof sessionMachine>;

/** An actor's state and context as its machine has them: a value, which no later event changes. */
export type ActorMoment = ReturnType<(UserActor | SessionActor)['getSnapshot']>;

/** An actor to which nothing has happened yet; what kind it is, its id says. */
export function newActor(id: string): UserActor | SessionActor {
  return id.startsWith('u-') ? createActor(userMachine).start() : createActor(sessionMachine).start();
}

export function restoreUser(context: UserState): UserActor {
  const { state } = context;
  const value = state === 'online' || state === 'offline' ? ({ registered: state } as const) : state;
  return createActor(userMachine, { snapshot: userMachine.resolveState({ value, context }) }).start();
}

export function restoreSession(context: SessionState): SessionActor {
  const snapshot = sessionMachine.resolveState({ value: context.state, context });
  return createActor(sessionMachine, { snapshot }).start();
}

/** @param moment of an actor of that id. */
export function resumed(id: string, moment: ActorMoment): UserActor | SessionActor {
  return id.startsWith('u-')
    ? createActor(userMachine, { snapshot: moment }).start()
    : createActor(sessionMachine, { snapshot: moment }).start();
}
