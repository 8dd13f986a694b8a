/**
 * Which events could have had a part in which: the graph of messages, and questions to it.
 *
 * An event follows the one before it on its lane, and the sending of what it received. All else follows from these two:
 * happened before is to be reachable. The clocks are not asked, so that they can be held against it.
 */
import type { EventKind, EventName } from './entry.ts';
import type { Order } from './vector.ts';

/** Events of one place, in its order; the first is number 1. */
export interface Lane {
  readonly name: string;
  readonly events: readonly LaneEvent[];
}

export interface LaneEvent {
  readonly atMs: number;
  /** Its Lamport clock. */
  readonly clock: number;
  /** What happened, in a few words. */
  readonly what: string;
  readonly kind?: EventKind;
  /** Whose message it received. */
  readonly from?: EventName;
  /** Lanes that it sent a message to. */
  readonly to?: readonly string[];
}

const nothing = -1;

/** Events are told apart by one number each: those of the first lane come first. */
export class Causality {
  readonly lanes: readonly Lane[];
  readonly size: number;
  readonly #firsts: readonly number[];
  /** Of each event the one whose message it received. */
  readonly #senders: Int32Array;
  readonly #laneOf: Int32Array;
  readonly #places: ReadonlyMap<string, number>;
  /** Of each message that arrived its sending and its lane, as one number. */
  readonly #arrivals = new Set<number>();

  constructor(lanes: readonly Lane[]) {
    this.lanes = lanes;
    let size = 0;
    this.#firsts = lanes.map(({ events }) => {
      size += events.length;
      return size - events.length;
    });
    this.size = size;
    this.#senders = new Int32Array(size).fill(nothing);
    this.#laneOf = new Int32Array(size);
    this.#places = new Map(lanes.map(({ name }, index) => [name, index]));
    for (const [lane, { events }] of lanes.entries()) {
      for (const [index, { from }] of events.entries()) {
        const event = this.#firsts[lane]! + index;
        this.#laneOf[event] = lane;
        if (!from) continue;
        const sender = this.#at(this.#places.get(from.machine), from.number);
        this.#senders[event] = sender;
        this.#arrivals.add(sender * lanes.length + lane);
      }
    }
  }

  /** @returns undefined when there is no such event. */
  find({ machine, number }: EventName): number | undefined {
    const lane = this.lanes.findIndex(({ name }) => name === machine);
    const event = this.#at(lane < 0 ? undefined : lane, number);
    return event === nothing ? undefined : event;
  }

  laneOf(event: number): number {
    return this.#laneOf[event]!;
  }

  nameOf(event: number): EventName {
    const lane = this.laneOf(event);
    return { machine: this.lanes[lane]!.name, number: event - this.#firsts[lane]! + 1 };
  }

  eventAt(event: number): LaneEvent {
    const lane = this.laneOf(event);
    return this.lanes[lane]!.events[event - this.#firsts[lane]!]!;
  }

  /** Whose message an event received, as an event; undefined for all others. */
  senderOf(event: number): number | undefined {
    const sender = this.#senders[event]!;
    return sender === nothing ? undefined : sender;
  }

  /** The lanes that an event sent a message to and that never received it. */
  missedBy(event: number): number[] {
    return (this.eventAt(event).to ?? [])
      .map((name) => this.#places.get(name))
      .filter((lane) => lane !== undefined)
      .filter((lane) => !this.#arrivals.has(event * this.lanes.length + lane));
  }

  /** @returns of each event whether it is this one or in its past. */
  pastOf(event: number): Uint8Array {
    const isPast = new Uint8Array(this.size);
    this.#walkBack(event, (one) => {
      isPast[one] = 1;
      return undefined;
    });
    return isPast;
  }

  orderOf(a: number, b: number): Order {
    if (a === b) return 'same';
    if (this.pathFrom(a, b)) return 'before';
    return this.pathFrom(b, a) ? 'after' : 'concurrent';
  }

  /** How what happened at `a` can have reached `b`, with as few steps as there are; undefined when it cannot. */
  pathFrom(a: number, b: number): number[] | undefined {
    const next = new Int32Array(this.size).fill(nothing);
    const isFound = this.#walkBack(b, (one, reachedFrom) => {
      next[one] = reachedFrom;
      return one === a;
    });
    if (!isFound) return undefined;
    const path = [a];
    for (let one = a; one !== b; one = next[one]!) path.push(next[one]!);
    return path;
  }

  /** From an event through all of its past, nearest first, until `visit` says that it is enough. */
  #walkBack(from: number, visit: (event: number, reachedFrom: number) => boolean | undefined): boolean {
    const isSeen = new Uint8Array(this.size);
    const queue = [from];
    isSeen[from] = 1;
    if (visit(from, from)) return true;
    for (let index = 0; index < queue.length; index++) {
      const event = queue[index]!;
      for (const earlier of [this.#senders[event]!, this.#before(event)]) {
        if (earlier === nothing || isSeen[earlier]) continue;
        isSeen[earlier] = 1;
        if (visit(earlier, event)) return true;
        queue.push(earlier);
      }
    }
    return false;
  }

  #before(event: number): number {
    return event === this.#firsts[this.laneOf(event)] ? nothing : event - 1;
  }

  #at(lane: number | undefined, number: number): number {
    const events = lane === undefined ? 0 : this.lanes[lane]!.events.length;
    return lane !== undefined && number >= 1 && number <= events ? this.#firsts[lane]! + number - 1 : nothing;
  }
}
