/** What waits to be told: of each actor its latest state, of events and frames the first so many. */
import type { ActorTold, EventTold, FrameTold, Told } from '../../protocol/inspection.ts';

/** Actors whose change is not told yet: more are told of when these are. */
const actorsMax = 20_000;
/** Of events and frames each; the older half goes when there are more. */
const waitingMax = 1_000;

interface Most {
  readonly actors: number;
  readonly events: number;
  readonly frames: number;
}

export class Heap {
  readonly #actors = new Map<string, ActorTold>();
  #events: EventTold[] = [];
  #frames: FrameTold[] = [];
  #dropped = 0;

  add({ actor, event, frame }: { actor?: ActorTold; event?: EventTold; frame?: FrameTold }): void {
    if (actor) this.#addActor(actor);
    if (event && this.#events.push(event) > waitingMax)
      this.#dropped += this.#events.splice(0, waitingMax / 2).length;
    if (frame && this.#frames.push(frame) > waitingMax) this.#frames.splice(0, waitingMax / 2);
  }

  /** @returns undefined where nothing happened. What is more than `most` is left out; of actors it comes next time. */
  take(most: Most): Pick<Told, 'actors' | 'events' | 'frames' | 'dropped'> | undefined {
    if (this.#actors.size + this.#events.length + this.#frames.length === 0) return undefined;
    const actors = [...this.#actors.values()].slice(0, most.actors);
    for (const { id } of actors) this.#actors.delete(id);
    const events = this.#events.slice(-most.events);
    const frames = this.#frames.slice(-most.frames);
    const dropped = this.#dropped + this.#events.length - events.length;
    this.#events = [];
    this.#frames = [];
    this.#dropped = 0;
    return { actors, events, frames, dropped };
  }

  clear(): void {
    this.#actors.clear();
    this.#events = [];
    this.#frames = [];
    this.#dropped = 0;
  }

  #addActor(actor: ActorTold): void {
    if (this.#actors.size < actorsMax || this.#actors.has(actor.id)) this.#actors.set(actor.id, actor);
    else this.#dropped += 1;
  }
}
