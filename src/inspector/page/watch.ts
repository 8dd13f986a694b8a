/** One actor under the eye: its past out of the log, its events as they come, and how it was at any position. */

import type { PastEvent, PastMoment, WatchedEvent } from '../model/view.ts';
import { nowType } from '../source/now.ts';
import { address, ask } from './store.ts';

/** Context is not known of events that were read from the log: it is asked for where they are looked at. */
export interface SeenEvent {
  readonly position: number | null;
  readonly at: number;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly from?: string;
  readonly to?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

export interface Moment {
  readonly state: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly before: Readonly<Record<string, unknown>> | undefined;
  /** Of the event that led there. */
  readonly position: number | null;
}

const eventsMax = 2_000;
const pagesMax = 20;
const statesMax = 200;

export class Watch {
  readonly actor: string;
  events: readonly SeenEvent[] = [];
  /** As it is now, as far as is known. */
  live: Moment | undefined;
  /** Events that were seen live. */
  count = 0;
  readonly #changed: () => void;
  readonly #source: EventSource;
  readonly #states = new Map<number, PastMoment | Error>();
  readonly #asked = new Set<number>();

  constructor(actor: string, changed: () => void) {
    this.actor = actor;
    this.#changed = changed;
    this.#source = new EventSource(address('/events', { actor }));
    this.#source.onmessage = ({ data }) => this.#take(JSON.parse(data as string) as WatchedEvent[]); // our own server's
    if (this.isReplicated) void this.#readPast().catch(() => undefined); // nobody answers: what comes is shown
  }

  /** Whether its past stands in the log. */
  get isReplicated(): boolean {
    return this.actor.startsWith('cluster/');
  }

  /** As it was at a position; undefined while that is asked for, and where it did not exist. */
  at(position: number): Moment | Error | undefined {
    const state = this.#stateAt(position);
    if (!state || state instanceof Error) return state;
    const before = this.#before(state.position);
    const was = before === undefined ? undefined : this.#stateAt(before);
    const context = was && !(was instanceof Error) ? was.context : undefined;
    return { state: state.state, context: state.context, before: context, position: state.position };
  }

  stop(): void {
    this.#source.close();
  }

  #before(position: number): number | undefined {
    return (
      this.events.findLast((event) => event.position !== null && event.position < position)?.position ??
      undefined
    );
  }

  #stateAt(position: number): PastMoment | Error | undefined {
    const known = this.#states.get(position);
    if (known) return known;
    if (this.#asked.has(position)) return undefined;
    this.#asked.add(position);
    const actor = this.actor.slice('cluster/'.length);
    void ask<PastMoment>('/state', { actor, at: position })
      .catch((error: Error) => error)
      .then((state) => {
        this.#asked.delete(position);
        this.#states.set(position, state);
        for (const oldest of this.#states.keys()) {
          if (this.#states.size <= statesMax) break;
          this.#states.delete(oldest);
        }
        this.#changed();
      });
    return undefined;
  }

  #take(events: readonly WatchedEvent[]): void {
    for (const event of events) {
      const before = this.live?.context;
      this.live = { state: event.to, context: event.context, before, position: event.position };
    }
    const told = events.filter(({ type }) => type !== nowType);
    this.count += told.length;
    this.#merge(told);
  }

  async #readPast(): Promise<void> {
    const actor = this.actor.slice('cluster/'.length);
    for (let after: number | null = 0, page = 0; after !== null && page < pagesMax; page++) {
      const found: { events: PastEvent[]; next: number | null } = await ask('/history', { actor, after });
      this.#merge(found.events);
      after = found.next;
    }
    const now = await ask<PastMoment>('/state', { actor });
    this.live ??= { state: now.state, context: now.context, before: undefined, position: now.position };
    this.#changed();
  }

  /** In the order of the log; an event that was seen live is known better than one that was read. */
  #merge(events: readonly SeenEvent[]): void {
    const live = this.events.filter(({ position }) => position === null);
    const logged = new Map(
      this.events.flatMap((event) => (event.position === null ? [] : [[event.position, event]])),
    );
    for (const event of events) {
      if (event.position === null) live.push(event);
      else logged.set(event.position, { ...event, ...logged.get(event.position) });
    }
    const all = [...logged.values(), ...live];
    this.events = all.sort((a, b) => (a.position ?? a.at) - (b.position ?? b.at)).slice(-eventsMax);
    this.#changed();
  }
}
