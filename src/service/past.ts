/** Time travel: an actor as it was at a position of the log, rebuilt event by event by the machine itself. */
import { newActor } from '../actors/restore.ts';
import type { SessionEvent } from '../actors/session/state.ts';
import type { UserEvent } from '../actors/user/state.ts';
import { redact } from '../events/domain.ts';
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Mark, NodeStore } from '../log/port.ts';
import type { Rows } from '../projections/rows.ts';
import { names } from '../projections/tables.ts';
import type { Frames } from './frames.ts';
import { Queues } from './queue.ts';

export interface PastState {
  readonly actor: 'user' | 'session' | 'match';
  readonly id: string;
  /** Of the last event that the actor had consumed. */
  readonly position: number;
  /** The machine's state value, such as `active` or `registered.online`. */
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const everything = 1_000_000_000;

export interface StateQuery {
  readonly session: string | null;
  readonly user: string | null;
  /** The present where null. */
  readonly at: number | null;
}

/** What the past is read from: a copy, open in a node or at rest. */
export interface Remains {
  readonly store: NodeStore;
  readonly rows: Rows;
  readonly frames: Frames;
  readonly mark: Pick<Mark, 'position'>;
}

export async function stateOf(
  { session, user, at }: StateQuery,
  { store, rows, frames, mark }: Remains,
): Promise<PastState | Refusal> {
  const unknown = user === null ? 'unknown-session' : 'unknown-user';
  const actor = session ?? (user === null ? undefined : names.get(rows, canonicalName(user)));
  if (!actor) return refusal(unknown);
  const past = await pastState(store, frames, actor, Math.min(at ?? mark.position, mark.position));
  return past ?? refusal(unknown, 'It did not exist at that position.');
}

/** @returns undefined where the actor did not exist at that position. */
async function pastState(
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
    actor: kindOf(id),
    id,
    position: last[0],
    state: stateName(value),
    context: redact(Object.fromEntries(Object.entries(context).filter(([key]) => key !== 'logIns'))),
  };
}

function stateName(value: string | object): string {
  return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
}

function kindOf(id: string): PastState['actor'] {
  if (id.startsWith('u-')) return 'user';
  return id.startsWith('p-') ? 'match' : 'session';
}
