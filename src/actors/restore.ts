/**
 * Actors from states. A row of the projections is the fold of all of an actor's events, so it serves as the snapshot
 * that the actor is rebuilt from: by `history` the same state can be reached again event by event, which tests do.
 */
import { type ActorRefFrom, createActor } from 'xstate';
import { matchMachine } from './match/machine.ts';
import type { MatchState } from './match/state.ts';
import { sessionMachine } from './session/machine.ts';
import type { SessionState } from './session/state.ts';
import { userMachine } from './user/machine.ts';
import type { UserState } from './user/state.ts';

export type UserActor = ActorRefFrom<typeof userMachine>;
export type SessionActor = ActorRefFrom<typeof sessionMachine>;
export type MatchActor = ActorRefFrom<typeof matchMachine>;
/** What is rebuilt out of the log, in any process. */
export type ReplicatedActor = UserActor | SessionActor | MatchActor;

/** An actor's state and context as its machine has them: a value, which no later event changes. */
export type ActorMoment = ReturnType<ReplicatedActor['getSnapshot']>;

/** An actor to which nothing has happened yet; what kind it is, its id says. */
export function newActor(id: string): ReplicatedActor {
  if (id.startsWith('u-')) return createActor(userMachine).start();
  return id.startsWith('p-') ? createActor(matchMachine).start() : createActor(sessionMachine).start();
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

export function restoreMatch(context: MatchState): MatchActor {
  const snapshot = matchMachine.resolveState({ value: context.state, context });
  return createActor(matchMachine, { snapshot }).start();
}

/** @param moment of an actor of that id. */
export function resumed(id: string, moment: ActorMoment): ReplicatedActor {
  if (id.startsWith('u-')) return createActor(userMachine, { snapshot: moment }).start();
  if (id.startsWith('p-')) return createActor(matchMachine, { snapshot: moment }).start();
  return createActor(sessionMachine, { snapshot: moment }).start();
}
