/**
 * Users, sessions and matches, as a node that is asked to tells of them.
 *
 * They are folds of the log, and every node holds it: what is told is what was committed, by any node, so that the leader
 * need not be the one. An actor that is watched is rebuilt from its row and fed its events one by one, by its own machine,
 * so that every step is seen with the place in the log that caused it.
 */

import { matchMachine } from '../../actors/match/machine.ts';
import type { MatchEvent } from '../../actors/match/state.ts';
import {
  newActor,
  type ReplicatedActor,
  restoreMatch,
  restoreSession,
  restoreUser,
} from '../../actors/restore.ts';
import { sessionMachine } from '../../actors/session/machine.ts';
import type { SessionEvent } from '../../actors/session/state.ts';
import { userMachine } from '../../actors/user/machine.ts';
import type { UserEvent } from '../../actors/user/state.ts';
import { redact } from '../../events/domain.ts';
import { replicatedKind } from '../../events/ids.ts';
import type { Subscription } from '../../ports/bus.ts';
import { actorOf } from '../../projections/history.ts';
import { type StoredEvent, storedEvents } from '../../projections/stored.ts';
import { matches, sessions, users } from '../../projections/tables.ts';
import type { Copy } from '../../replication/copy.ts';
import type { HeldFrame } from '../../replication/held-frames.ts';
import { listed, type ReplicatedState } from '../../service/actor-pages.ts';
import { shownContext } from '../../service/past.ts';
import { statePath } from './graph.ts';
import type { InspectionSource } from './source.ts';

/** Before an actor's own id: it is the same one in all processes. */
const prefix = 'cluster/';
/** Rebuilt at once when everything is watched: those that something happened to last. */
const shadowsMax = 256;

export class ReplicatedActors {
  readonly #source: InspectionSource;
  readonly #node: string;
  readonly #copy: Copy;
  /** Of watched actors, by id: as they are at the mark. */
  readonly #shadows = new Map<string, ReplicatedActor>();
  #listening: Subscription | undefined;

  constructor(source: InspectionSource, node: string, copy: Copy) {
    this.#source = source;
    this.#node = node;
    this.#copy = copy;
    source.knows('user', userMachine);
    source.knows('session', sessionMachine);
    source.knows('match', matchMachine);
  }

  looks(): void {
    const { interest } = this.#source;
    const isAsked =
      interest?.asks(this.#node) && (this.#isListing || [...interest.watched].some(isReplicated));
    if (isAsked) this.#begin();
    else this.stop();
  }

  get #isListing(): boolean {
    return this.#source.interest?.asksToList(this.#node) ?? false;
  }

  #begin(): void {
    this.#listening ??= this.#copy.listen({ committed: (frames) => this.#committed(frames) });
    const isAtRest = this.#copy.shown === this.#copy.mark.position; // else rows are ahead of the frames that come
    if (isAtRest) this.#shadowWatched();
  }

  stop(): void {
    this.#listening?.stop();
    this.#listening = undefined;
    this.#shadows.clear();
  }

  #committed(frames: readonly HeldFrame[]): void {
    const late = new Set<string>();
    if (this.#source.interest && this.#source.interest.watched.size > 0)
      for (const { frame } of frames) for (const stored of storedEvents(frame)) this.#step(stored, late);
    if (this.#isListing) this.#list(frames);
    this.#shadowWatched();
  }

  #list(frames: readonly HeldFrame[]): void {
    for (const layer of new Set(frames.map((held) => held.layer)))
      for (const [key, row] of layer.changed)
        if (row !== null && isActorRow(key)) this.#changed(row as ReplicatedState);
  }

  #changed(row: ReplicatedState): void {
    const [id, label, state] = listed(row, this.#copy.rows);
    this.#source.tell({ actor: { id: prefix + id, kind: replicatedKind(id)!, label, state } });
  }

  /** @param late actors that were rebuilt from rows which hold these events already. */
  #step({ event, position }: StoredEvent, late: Set<string>): void {
    const id = actorOf(event);
    if (id === undefined || !this.#source.isWatched(prefix + id)) return;
    const shadow = this.#shadows.get(id) ?? this.#born(id, event.type) ?? this.#met(id, late);
    if (!shadow) return;
    const from = statePath(shadow.getSnapshot().value);
    if (!late.has(id)) shadow.send(event as UserEvent & SessionEvent & MatchEvent); // of the kind that the id is of
    const { value, context } = shadow.getSnapshot();
    const disclosure = { bodies: this.#source.interest?.bodies ?? false };
    this.#source.tell({
      event: {
        actor: prefix + id,
        at: event.at,
        type: event.type,
        data: redact(event.data, disclosure),
        from,
        to: statePath(value),
        context: shownContext(context, disclosure),
        position,
      },
    });
  }

  /** One that begins with this very event has no row to be rebuilt from, and needs none. */
  #born(id: string, type: string): ReplicatedActor | undefined {
    if (!['UserRegistered', 'SessionOpened', 'GroupOpened', 'MatchOpened'].includes(type)) return undefined;
    return this.#shadow(id, newActor(id));
  }

  /** Where all are watched, one is met when something happens to it: of that the outcome is known, not the way. */
  #met(id: string, late: Set<string>): ReplicatedActor | undefined {
    const actor = restored(id, this.#copy);
    if (actor) late.add(id);
    return actor && this.#shadow(id, actor);
  }

  #shadowWatched(): void {
    const watched = this.#source.interest?.watched ?? [];
    for (const id of this.#shadows.keys()) if (!this.#source.isWatched(prefix + id)) this.#shadows.delete(id);
    for (const name of watched) {
      const id = name.slice(prefix.length);
      if (!name.startsWith(prefix) || this.#shadows.has(id)) continue;
      const actor = restored(id, this.#copy);
      if (actor) this.#shadow(id, actor);
    }
  }

  #shadow<A extends ReplicatedActor>(id: string, actor: A): A {
    this.#shadows.set(id, actor);
    for (const oldest of this.#shadows.keys()) {
      if (this.#shadows.size <= shadowsMax) break;
      this.#shadows.delete(oldest);
    }
    return actor;
  }
}

function isReplicated(watched: string): boolean {
  return watched === '*' || watched.startsWith(prefix);
}

function isActorRow(key: string): boolean {
  return [users, sessions, matches].some((table) => key.startsWith(table.key('')));
}

function restored(id: string, { rows }: Copy): ReplicatedActor | undefined {
  const user = users.get(rows, id);
  if (user) return restoreUser(user);
  const session = sessions.get(rows, id);
  if (session) return restoreSession(session);
  const match = matches.get(rows, id);
  return match && restoreMatch(match);
}
