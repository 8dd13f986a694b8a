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
  interestSchema,
  type Told,
  tellEveryMs,
  toldMax,
} from '../../protocol/inspection.ts';
import { graphOf, statePath } from './graph.ts';
import { Heap } from './heap.ts';
import { Interests } from './interests.ts';
import { nowType } from './now.ts';

export interface SourceOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly process: string;
  readonly kind: Told['kind'];
  /** Subjects: where interest is heard of, and where it is told. */
  readonly hears: string;
  readonly tells: string;
  /** What actors are called in what is heard there; by their ids unless this says otherwise. */
  nameOf?(actor: string): string;
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
  looks?(): void;
  ended?(): void;
}

export class InspectionSource {
  readonly #options: SourceOptions;
  readonly #actors = new Map<string, LiveActor>();
  readonly #machines = new Map<string, AnyStateMachine>();
  readonly #looked = new Set<Looked>();
  readonly #heap = new Heap();
  readonly #interests = new Interests();
  /** Since the last word of interest. */
  #hasTold = false;
  #looking: Subscription[] = [];

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  /** Listens for inspectors. */
  start(): Subscription {
    const { bus, hears } = this.#options;
    const listening = bus.subscribe(hears, ({ data }) => this.#heard(data));
    return {
      stop: () => {
        listening.stop();
        this.#sayGoodBye();
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
  get interest(): Interests | undefined {
    return this.#interests.isNobody ? undefined : this.#interests;
  }

  isWatched(actor: string): boolean {
    return this.#isAmong(this.#interests.watched, actor);
  }

  tell(what: { actor?: ActorTold; event?: EventTold; frame?: FrameTold }): void {
    if (this.interest) this.#heap.add(what);
  }

  #heard(data: Uint8Array): void {
    const interest = parseInterest(data);
    if (!interest) return;
    const { isNobody: isFirst, watched: before } = this.#interests;
    const isNew = this.#interests.hear(interest, this.#options.clock.monotonicMs());
    if (isFirst) this.#begin();
    if (isNew) this.#introduce();
    else if (!this.#hasTold) this.#publish({}); // it is there, and nothing happened
    this.#hasTold = false;
    for (const id of this.#actors.keys())
      if (this.isWatched(id) && !this.#isAmong(before, id)) this.#show(id);
    for (const { looks } of this.#looked) looks?.();
  }

  #begin(): void {
    const observing = [...this.#actors].map(([id, live]) => this.#observe(id, live));
    this.#looking = [...observing, every(this.#options.clock, tellEveryMs, () => this.#tell())];
    for (const { begun } of this.#looked) begun?.();
  }

  #end(): void {
    if (this.#looking.length === 0) return;
    this.#interests.clear();
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

  /** It is missed at once, and not only when it has been silent for long. */
  #sayGoodBye(): void {
    if (!this.interest) return;
    const actors = [...this.#actors].map(([id, live]) => ({ ...rowOf(id, live), gone: true }));
    this.#publish({ actors });
  }

  #isAmong(watched: ReadonlySet<string>, actor: string): boolean {
    return watched.has(this.#options.nameOf?.(actor) ?? actor) || watched.has('*');
  }

  #tell(): void {
    this.#interests.forgetSilent(this.#options.clock.monotonicMs());
    if (this.#interests.isNobody) {
      this.#end();
      return;
    }
    const told = this.#heap.take(toldMax);
    if (told) this.#publish(told);
  }

  #publish(told: Omit<Told, 'process' | 'kind'>): void {
    const { bus, process, kind, tells } = this.#options;
    this.#hasTold = true;
    bus.publish(tells, JSON.stringify({ process, kind, ...told } satisfies Told));
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
