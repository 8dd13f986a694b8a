/** Time travel: an actor as it was at a position of the log, rebuilt event by event by the machine itself. */

import type { MatchEvent } from '../actors/match/state.ts';
import { newActor, resumed } from '../actors/restore.ts';
import type { SessionEvent } from '../actors/session/state.ts';
import type { UserEvent } from '../actors/user/state.ts';
import { type Disclosure, redact } from '../events/domain.ts';
import { type ReplicatedKind, replicatedKind } from '../events/ids.ts';
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Mark, NodeStore } from '../log/port.ts';
import type { Rows } from '../projections/rows.ts';
import { names } from '../projections/tables.ts';
import type { Frames } from './frames.ts';
import { Pasts } from './pasts.ts';
import { Queues } from './queue.ts';

export interface PastState {
  readonly actor: ReplicatedKind;
  readonly id: string;
  /** Of the last event that the actor had consumed. */
  readonly position: number;
  /** The machine's state value, such as `active` or `registered.online`. */
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const pageSize = 500;
/** Of so many events one moment is kept. */
const keptEvery = 250;

export interface StateQuery {
  readonly session: string | null;
  readonly user: string | null;
  /** The id of either, where that is known. */
  readonly actor?: string | null;
  /** The present where null. */
  readonly at: number | null;
  /** Whether what people wrote is shown; it is, unless this says no. */
  readonly bodies?: boolean;
}

/** What the past is read from: a copy, open in a node or at rest. */
export interface Remains {
  readonly store: NodeStore;
  readonly rows: Rows;
  readonly frames: Frames;
  readonly mark: Pick<Mark, 'position'>;
  /** Where several moments are looked at, one after the other. */
  readonly pasts?: Pasts;
}

export async function stateOf(
  { session, user, actor: id = null, at }: StateQuery,
  remains: Remains,
  disclosure?: Disclosure,
): Promise<PastState | Refusal> {
  const unknown = user === null ? 'unknown-session' : 'unknown-user';
  const actor = id ?? session ?? (user === null ? undefined : names.get(remains.rows, canonicalName(user)));
  if (!actor) return refusal(unknown);
  const { position: end } = remains.mark;
  const past = await pastState(remains, actor, Math.min(at ?? end, end), disclosure);
  const why = at === null ? 'There is no such user or session.' : 'It did not exist at that position.';
  return past ?? refusal(unknown, why);
}

/** @returns undefined where the actor did not exist at that position. */
async function pastState(
  { store, frames, pasts = new Pasts() }: Remains,
  id: string,
  at: number,
  disclosure: Disclosure | undefined,
): Promise<PastState | undefined> {
  const known = pasts.upTo(id, at);
  const actor = known ? resumed(id, known.moment) : newActor(id);
  const queues = new Queues(store, frames);
  let last = known?.position ?? 0;
  let isAtEnd = false;
  for (let consumed = 0; !isAtEnd; ) {
    const page = await queues.history(id, last, pageSize);
    const places = page.filter(([position]) => position <= at);
    for (const [position, frame] of places) {
      const { event } = await frames.event(position, frame);
      actor.send(event as UserEvent & SessionEvent & MatchEvent); // an actor's history holds its own events only
      last = position;
      if (++consumed % keptEvery === 0) pasts.keep(id, { position, moment: actor.getSnapshot() });
    }
    isAtEnd = places.length < pageSize;
  }
  if (last === 0) return undefined;
  const moment = actor.getSnapshot();
  pasts.keep(id, { position: last, moment });
  return {
    actor: replicatedKind(id) ?? 'session',
    id,
    position: last,
    state: stateName(moment.value),
    context: shownContext(moment.context, disclosure),
  };
}

/** Of a user or a session: what it knows, without secrets; log-ins are nothing but secrets. */
export function shownContext(context: object, disclosure?: Disclosure): Record<string, unknown> {
  return redact(Object.fromEntries(Object.entries(context).filter(([key]) => key !== 'logIns')), disclosure);
}

function stateName(value: string | object): string {
  return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
}
