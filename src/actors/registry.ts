/**
 * The live actors of a leader: rebuilt when they are first needed, put away when idle.
 *
 * They are ahead of what is committed, by what was decided meanwhile, and so are the rows that they are rebuilt from.
 * When a leader is deposed its registry goes with it. Standalone actors in a map of our own: spawning children under
 * one parent copies its list of children every time.
 */
import type { DomainEvent } from '../events/domain.ts';
import type { Rows } from '../projections/rows.ts';
import { matches, sessions, users } from '../projections/tables.ts';
import { initialMatch, type MatchEvent } from './match/state.ts';
import {
  type MatchActor,
  restoreMatch,
  restoreSession,
  restoreUser,
  type SessionActor,
  type UserActor,
} from './restore.ts';
import { initialSession, type SessionEvent } from './session/state.ts';
import { initialUser, type UserEvent } from './user/state.ts';

interface Live<A> {
  readonly actor: A;
  usedMs: number;
}

export class ActorRegistry {
  readonly #rows: () => Rows;
  readonly #nowMs: () => number;
  readonly #users = new Map<string, Live<UserActor>>();
  readonly #sessions = new Map<string, Live<SessionActor>>();
  readonly #matches = new Map<string, Live<MatchActor>>();

  /** @param rows the newest rows, decided but uncommitted ones included. */
  constructor(rows: () => Rows, nowMs: () => number) {
    this.#rows = rows;
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#users.size + this.#sessions.size + this.#matches.size;
  }

  user(id: string): UserActor {
    return this.#use(this.#users, id, () => restoreUser(users.get(this.#rows(), id) ?? initialUser));
  }

  session(id: string): SessionActor {
    return this.#use(this.#sessions, id, () =>
      restoreSession(sessions.get(this.#rows(), id) ?? initialSession),
    );
  }

  match(id: string): MatchActor {
    return this.#use(this.#matches, id, () => restoreMatch(matches.get(this.#rows(), id) ?? initialMatch));
  }

  /** Hands a decided event to the actor it is about. */
  send(event: DomainEvent): void {
    if ('session' in event.data) this.session(event.data.session).send(event as SessionEvent);
    else if ('match' in event.data) this.match(event.data.match).send(event as MatchEvent);
    else if ('user' in event.data) this.user(event.data.user).send(event as UserEvent);
  }

  /** Stops the actors that nobody used for `idleMs`. */
  putAway(idleMs: number): void {
    const since = this.#nowMs() - idleMs;
    const all = [this.#users, this.#sessions, this.#matches];
    for (const live of all as Map<string, Live<UserActor | SessionActor | MatchActor>>[]) {
      for (const [id, { actor, usedMs }] of live) {
        if (usedMs >= since) continue;
        actor.stop();
        live.delete(id);
      }
    }
  }

  #use<A>(live: Map<string, Live<A>>, id: string, restore: () => A): A {
    const known = live.get(id);
    if (known) {
      known.usedMs = this.#nowMs();
      return known.actor;
    }
    const actor = restore();
    live.set(id, { actor, usedMs: this.#nowMs() });
    return actor;
  }
}
