/** Time travel: an actor as it was at a position of the log, rebuilt event by event by the machine itself. */
import { type ActorRefFrom, createActor } from 'xstate';
import { sessionMachine } from '../actors/session/machine.ts';
import type { SessionEvent } from '../actors/session/state.ts';
import { userMachine } from '../actors/user/machine.ts';
import type { UserEvent } from '../actors/user/state.ts';
import { redact } from '../events/domain.ts';
import type { NodeStore } from '../log/port.ts';
import { positionKey } from '../projections/rows.ts';
import { history } from '../projections/tables.ts';
import type { Frames } from './frames.ts';

export interface PastState {
  readonly actor: 'user' | 'session';
  readonly id: string;
  /** Of the last event that the actor had consumed. */
  readonly position: number;
  /** The machine's state value, such as `active` or `registered.online`. */
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** @returns undefined where the actor did not exist at that position. */
export async function pastState(store: NodeStore, frames: Frames, id: string, at: number): Promise<PastState | undefined> {
  const rows = await store.rangeRows({ from: history.key(id, positionKey(0)), to: history.key(id, positionKey(at)) });
  const last = rows.at(-1);
  if (!last) return undefined;
  const actor: ActorRefFrom<typeof userMachine> | ActorRefFrom<typeof sessionMachine> = id.startsWith('u-')
    ? createActor(userMachine).start()
    : createActor(sessionMachine).start();
  for (const [key, frame] of rows) {
    const { event } = await frames.event(Number(history.rest(key, id)), Number(frame));
    actor.send(event as UserEvent & SessionEvent); // an actor's history holds its own events only
  }
  const { value, context } = actor.getSnapshot();
  return {
    actor: id.startsWith('u-') ? 'user' : 'session',
    id,
    position: Number(history.rest(last[0], id)),
    state: stateName(value),
    context: redact({ ...context, tokens: undefined }),
  };
}

function stateName(value: string | object): string {
  return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
}
