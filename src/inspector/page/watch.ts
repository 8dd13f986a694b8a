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

/** The log is read for as many; the page says so where there are more. */
const eventsMax = 100_000;
const statesMax = 200;
/** Of what comes after the place that is looked at, so many events are listed too. */
const beyond = 50;

export class Watch {
  readonly actor: string;
  /** Oldest first. */
  readonly events: SeenEvent[] = [];
  /** Grows with every change of `events`. */
  version = 0;
  /** Older ones that are not among `events` any more. */
  omitted = 0;
  isReading = false;
  /** As it is now, as far as is known. */
  live: Moment | undefined;
  /** Events that were seen live. */
  count = 0;
  readonly #changed: () => void;
  readonly #source: EventSource;
  readonly #states = new Map<number, PastMoment | Error>();
  readonly #asked = new Set<number>();
  /** Heard while the past is still read. */
  #waiting: SeenEvent[] = [];
  #isOver = false;

  constructor(actor: string, changed: () => void) {
    this.actor = actor;
    this.#changed = changed;
    this.#source = new EventSource(address('/events', { actor }));
    this.#source.onmessage = ({ data }) => this.#take(JSON.parse(data as string) as WatchedEvent[]); // our own server's
    if (this.isReplicated) void this.#readPast();
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

  /** Its events up to some beyond a position; all where that is null. */
  upTo(position: number | null): readonly SeenEvent[] {
    const index = position === null ? -1 : this.events.findIndex((event) => (event.position ?? 0) > position);
    return index < 0 ? this.events : this.events.slice(0, index + beyond);
  }

  stop(): void {
    this.#isOver = true;
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
    if (this.isReading) this.#waiting.push(...told);
    else this.#add(told);
  }

  /** All of it, page by page; what is heard meanwhile comes behind. */
  async #readPast(): Promise<void> {
    const actor = this.actor.slice('cluster/'.length);
    this.isReading = true;
    try {
      for (let after: number | null = 0; after !== null && !this.#isOver; ) {
        const found: { events: PastEvent[]; next: number | null } = await ask('/history', { actor, after });
        this.#add(found.events);
        after = found.next;
      }
      const now = await ask<PastMoment>('/state', { actor });
      this.live ??= { state: now.state, context: now.context, before: undefined, position: now.position };
    } catch {
      // nobody answers: what comes is shown
    }
    this.isReading = false;
    this.#add(this.#waiting.splice(0));
  }

  /** In the order of the log. Of an event that is known already, more may be known now. */
  #add(events: readonly SeenEvent[]): void {
    for (const event of events) {
      const { position } = event;
      const last = this.events.at(-1)?.position ?? 0;
      if (position === null || position > last) this.events.push(event);
      else this.#know(event, position);
    }
    if (this.events.length > eventsMax) {
      const many = this.events.length - eventsMax;
      this.events.splice(0, many);
      this.omitted += many;
    }
    this.version += 1;
    this.#changed();
  }

  #know(event: SeenEvent, position: number): void {
    const index = this.events.findLastIndex((known) => known.position === position);
    if (index >= 0) this.events[index] = { ...this.events[index], ...event };
  }
}
