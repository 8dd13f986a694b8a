/** Time travel: an actor as it was at a position of the log, rebuilt event by event by the machine itself. */
import { newActor } from '../actors/restore.ts';
import type { SessionEvent } from '../actors/session/state.ts';
import type { UserEvent } from '../actors/user/state.ts';
import { redact } from '../events/domain.ts';
import type { NodeStore } from '../log/port.ts';
import type { Frames } from './frames.ts';
import { Queues } from './queue.ts';

export interface PastState {
  readonly actor: 'user' | 'session';
  readonly id: string;
  /** Of the last event that the actor had consumed. */
  readonly position: number;
  /** The machine's state value, such as `active` or `registered.online`. */
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const everything = 1_000_000_000;

/** @returns undefined where the actor did not exist at that position. */
export async function pastState(
  store: NodeStore,
  frames: Frames,
  id: string,
  at: number,
): Promise<PastState | undefined> {
  const places = (await new Queues(store, frames).history(id, 0, everything)).filter(
    ([position]) => position <= at,
  );
  const last = places.at(-1);
  if (!last) return undefined;
  const actor = newActor(id);
  for (const [position, frame] of places) {
    const { event } = await frames.event(position, frame);
    actor.send(event as UserEvent & SessionEvent); // an actor's history holds its own events only
  }
  const { value, context } = actor.getSnapshot();
  return {
    actor: id.startsWith('u-') ? 'user' : 'session',
    id,
    position: last[0],
    state: stateName(value),
    context: redact({ ...context, tokens: undefined }),
  };
}

function stateName(value: string | object): string {
  return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
}
