/**
 * A node's own copy as it comes and goes: opened, damaged, kept as evidence and begun anew; and what answers other
 * nodes from it while it is open.
 */
import type { Damaged } from '../actors/replica/machine.ts';
import { CodecError } from '../events/codec.ts';
import { type NodeStore, StoreCorrupt, type StorePlace } from '../log/port.ts';
import type { Bus, Subscription } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { Copy } from './copy.ts';
import { serveFrames } from './fetch.ts';
import { parse, promiseSchema, subjects } from './messages.ts';
import { Pledges } from './pledge.ts';
import { Stamps } from './stamps.ts';
import { watchStore } from './watched-store.ts';

export interface OwnCopyOptions {
  readonly id: string;
  readonly place: StorePlace;
  readonly sync: boolean;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Another node was promised a newer generation: this one follows and leads nothing older any more. */
  seal(): void;
  /** More of it is stored. */
  stored(copy: Copy): void;
  damaged(damaged: Damaged, reason: string): void;
}

export interface Opened {
  readonly copy: Copy;
  readonly pledges: Pledges;
  /** The log's time, as it goes on from the copy's end. */
  readonly stamps: Stamps;
}

/** A copy that is damaged again and again is damaged by something that a new copy does not mend. */
const setAsideMax = 2;

export class OwnCopy {
  readonly #options: OwnCopyOptions;
  #opened: Opened | undefined;
  #answering: Subscription[] = [];
  #setAsides = 0;
  /** By the copies that were closed. */
  #promised = 0;

  constructor(options: OwnCopyOptions) {
    this.#options = options;
  }

  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** @throws {StoreCorrupt} when what is there cannot be read, or is not what was written. */
  async open(): Promise<Opened> {
    const { id, place, sync, clock, bus, journal, stored, damaged } = this.#options;
    const store = watchStore(await place.open(), ({ message }) => {
      if (this.#opened?.copy.store === store) damaged('copy', `the store is damaged: ${message}`);
    });
    await this.#bind(store);
    const copy = await Copy.open({ store, sync, journal }).catch(tellDamage);
    const opened = { copy, pledges: new Pledges(id, copy), stamps: new Stamps(clock, copy.tail.at) };
    copy.listen({
      stored: () => {
        opened.stamps.saw(copy.stored.at);
        stored(copy);
      },
      damaged: (what, reason) => damaged(what, reason),
    });
    this.#opened = opened;
    this.#answering = [serveFrames(bus, id, store), this.#servePledges(opened.pledges)];
    return opened;
  }

  /** What was promised holds for the next copy as well; and a copy stands as the present run writes and was booted. */
  async #bind(store: NodeStore): Promise<void> {
    const { standing } = store;
    if (standing.promised < this.#promised)
      await store.stand({ ...standing, promised: this.#promised, grantedTo: '' });
    else if (standing.complete) await store.stand(standing);
  }

  /** Nothing is read, written or answered from it any more. */
  close(): void {
    for (const part of this.#answering.splice(0)) part.stop();
    this.#promised = Math.max(this.#promised, this.#opened?.copy.standing.now.promised ?? 0);
    this.#opened?.copy.abandon();
    this.#opened = undefined;
  }

  /** As `close`, and the store is closed as well. */
  async end(): Promise<void> {
    const store = this.#opened?.copy.store;
    for (const part of this.#answering.splice(0)) part.stop();
    await store?.close();
  }

  /** Keeps the closed copy as evidence; the next one begins with nothing. */
  async setAside(): Promise<void> {
    const { place, journal } = this.#options;
    if (this.#setAsides >= setAsideMax) throw new Error(`its copy was damaged ${this.#setAsides + 1} times`);
    this.#setAsides += 1;
    const kept = await place.setAside();
    journal.notice(`kept the damaged copy in ${kept}; beginning a new one`);
  }

  #servePledges(pledges: Pledges): Subscription {
    const { id, bus, journal, seal } = this.#options;
    return bus.subscribe(subjects.promise, (message) => {
      const request = parse(promiseSchema, message.data);
      if (!request || request.node === id) return;
      void pledges
        .give(request, seal)
        .then((pledge) => pledge && message.respond(JSON.stringify(pledge)))
        .catch((error: Error) => journal.detail(`cannot pledge: ${error.message}`));
    });
  }
}

/** Bytes that are no frame are damage; an event that only another version knows is not. */
function tellDamage(error: unknown): never {
  const isUnreadable =
    error instanceof CodecError && !error.field.endsWith('type') && error.field !== 'header.v';
  throw isUnreadable ? new StoreCorrupt(`a frame cannot be read: ${error.message}`, { cause: error }) : error;
}
