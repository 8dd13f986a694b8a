/**
 * What a process tells an inspector, while there is one.
 *
 * Told is what the process has found out within a tenth of a second, in one message: of an actor that changed often the
 * last state, of actors that are watched every event, of everything only so much; what is more is counted and left out.
 * Without an inspector's word nothing is gathered at all: actors have no observer, and the log's frames no listener.
 */

import type { AnyActorRef, AnyStateMachine, InspectionEvent } from 'xstate';
import type { Bus, Subscription } from '../../ports/bus.ts';
import { type Clock, every } from '../../ports/clock.ts';
import {
  type ActorTold,
  type EventTold,
  type FrameTold,
  type Interest,
  interestLastsMs,
  interestSchema,
  type Told,
  tellEveryMs,
  toldMax,
} from '../../protocol/inspection.ts';
import { inspectorSubjects } from '../../protocol/subjects.ts';
import { graphOf, statePath } from './graph.ts';
import { Heap } from './heap.ts';
import { nowType } from './now.ts';

export interface SourceOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly process: string;
  readonly kind: Told['kind'];
  /** Where it is told. */
  readonly subject: string;
}

/** An actor that lives in this process. */
export interface LiveActor {
  readonly kind: string;
  readonly label: string;
  readonly machine: AnyStateMachine;
  readonly actor: AnyActorRef;
  /** Of its context, what may be told. */
  readonly shown: readonly string[];
}

/** Told when somebody begins to look, says what at, and stops. */
export interface Looked {
  begun?(): void;
  looks?(interest: Interest): void;
  ended?(): void;
}

export class InspectionSource {
  readonly #options: SourceOptions;
  readonly #actors = new Map<string, LiveActor>();
  readonly #machines = new Map<string, AnyStateMachine>();
  readonly #looked = new Set<Looked>();
  readonly #heap = new Heap();
  #interest: Interest | undefined;
  #heardMs = 0;
  /** Since the last word of interest. */
  #hasTold = false;
  #looking: Subscription[] = [];

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  /** Listens for inspectors. */
  start(): Subscription {
    const { bus } = this.#options;
    const listening = bus.subscribe(inspectorSubjects.interest, ({ data }) => this.#heard(data));
    return {
      stop: () => {
        listening.stop();
        this.#end();
      },
    };
  }

  /** @returns its id among all processes' actors. */
  add(name: string, live: LiveActor): string {
    const id = `${this.#options.process}/${name}`;
    this.#actors.set(id, live);
    this.knows(live.kind, live.machine);
    return id;
  }

  /** Actors of this kind are told of here, whether they live here or not. */
  knows(kind: string, machine: AnyStateMachine): void {
    this.#machines.set(kind, machine);
  }

  whenLooked(looked: Looked): void {
    this.#looked.add(looked);
  }

  /** Undefined while nobody looks. */
  get interest(): Interest | undefined {
    return this.#interest;
  }

  isWatched(actor: string): boolean {
    const watched = this.#interest?.watched;
    return watched !== undefined && (watched.includes(actor) || watched.includes('*'));
  }

  tell(what: { actor?: ActorTold; event?: EventTold; frame?: FrameTold }): void {
    if (this.#interest) this.#heap.add(what);
  }

  #heard(data: Uint8Array): void {
    const interest = parseInterest(data);
    if (!interest) return;
    this.#heardMs = this.#options.clock.monotonicMs();
    const before = this.#interest;
    this.#interest = interest;
    if (!before) this.#begin();
    if (interest.by !== before?.by) this.#introduce();
    else if (!this.#hasTold) this.#publish({}); // it is there, and nothing happened
    this.#hasTold = false;
    for (const id of interest.watched) if (!before?.watched.includes(id)) this.#show(id);
    for (const { looks } of this.#looked) looks?.(interest);
  }

  #begin(): void {
    const observing = [...this.#actors].map(([id, live]) => this.#observe(id, live));
    this.#looking = [...observing, every(this.#options.clock, tellEveryMs, () => this.#tell())];
    for (const { begun } of this.#looked) begun?.();
  }

  #end(): void {
    if (!this.#interest) return;
    this.#interest = undefined;
    for (const part of this.#looking.splice(0)) part.stop();
    this.#heap.clear();
    for (const { ended } of this.#looked) ended?.();
  }

  /** What there is, once for each inspector. */
  #introduce(): void {
    const machines = Object.fromEntries(
      [...this.#machines].map(([kind, machine]) => [kind, graphOf(machine)]),
    );
    const actors = [...this.#actors].map(([id, live]) => rowOf(id, live));
    this.#publish({ machines, actors });
  }

  /** Whoever begins to watch need not wait for something to happen. */
  #show(id: string): void {
    const live = this.#actors.get(id);
    if (!live) return;
    const { value, context } = live.actor.getSnapshot() as { value: unknown; context: object }; // of a machine
    const state = statePath(value);
    const at = Math.round(this.#options.clock.wallMs());
    const now = { at, type: nowType, data: {}, from: state, to: state, position: null };
    this.tell({ event: { actor: id, ...now, context: picked(context, live.shown) } });
  }

  #tell(): void {
    if (this.#options.clock.monotonicMs() - this.#heardMs > interestLastsMs) {
      this.#end();
      return;
    }
    const told = this.#heap.take(toldMax);
    if (told) this.#publish(told);
  }

  #publish(told: Omit<Told, 'process' | 'kind'>): void {
    const { bus, process, kind, subject } = this.#options;
    this.#hasTold = true;
    bus.publish(subject, JSON.stringify({ process, kind, ...told } satisfies Told));
  }

  #observe(id: string, live: LiveActor): Subscription {
    const { actor } = live;
    let from = statePath(actor.getSnapshot().value);
    const inspecting = actor.system.inspect((inspected: InspectionEvent) => {
      if (inspected.type !== '@xstate.snapshot' || inspected.actorRef !== actor) return;
      const { value, context } = inspected.snapshot as unknown as { value: unknown; context: object }; // of a machine
      const to = statePath(value);
      if (to !== from) this.tell({ actor: { ...rowOf(id, live), state: to } });
      if (this.isWatched(id)) {
        const { type, ...data } = inspected.event;
        const at = Math.round(this.#options.clock.wallMs());
        const shown = { data: picked(data, live.shown), context: picked(context, live.shown) };
        this.tell({ event: { actor: id, at, type, from, to, position: null, ...shown } });
      }
      from = to;
    });
    return { stop: () => inspecting.unsubscribe() };
  }
}

function rowOf(id: string, { kind, label, actor }: LiveActor): ActorTold {
  return { id, kind, label, state: statePath(actor.getSnapshot().value) };
}

/** Of what an actor holds, what may be told. An error is its message. */
function picked(from: object, shown: readonly string[]): Record<string, unknown> {
  const entries = Object.entries(from).filter(([key]) => shown.includes(key));
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof Error ? value.message : (value ?? null)]),
  );
}

function parseInterest(data: Uint8Array): Interest | undefined {
  try {
    return interestSchema.safeParse(JSON.parse(Buffer.from(data).toString())).data;
  } catch {
    return undefined; // nobody's word
  }
}
