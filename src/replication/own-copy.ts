/**
 * A node's own copy as it comes and goes: opened, doubted and verified, damaged, kept as evidence and begun anew; and
 * what answers other nodes from it while it is open.
 */
import type { CheckOutcome, Damaged } from '../actors/replica/machine.ts';
import { CodecError } from '../events/codec.ts';
import { type NodeStore, StoreCorrupt, type StorePlace } from '../log/port.ts';
import type { Bus, Subscription } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Office } from './agreement.ts';
import { Copy } from './copy.ts';
import { serveFrames } from './fetch.ts';
import { parse, promiseSchema, subjects } from './messages.ts';
import { Pledges } from './pledge.ts';
import { Stamps } from './stamps.ts';
import { type Verification, verifyStore } from './verify.ts';
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

/** Copies that are damaged one soon after the other are damaged by something that a new copy does not mend. */
const setAsideMax = 2;
/** A copy that was complete for so long was a good one. */
const provenAfterMs = 5 * 60_000;
/** So long a leader whose copy was found sound does not give up its office because others have other rows. */
const confirmedForMs = 10 * 60_000;

/** Rows that are not those of another node. */
interface Doubt {
  /** Of the leader that they were compared with. */
  readonly office: Office;
  /** They are that leader's own. */
  readonly isOwn: boolean;
}

export class OwnCopy {
  readonly #options: OwnCopyOptions;
  #opened: Opened | undefined;
  #answering: Subscription[] = [];
  #setAsides = 0;
  /** When the present copy was complete for the first time, by the monotonic clock. */
  #completeMs: number | undefined;
  #doubt: Doubt | undefined;
  /** The office in which the copy was verified. */
  #standsBy: Office | undefined;
  #confirmedMs = Number.NEGATIVE_INFINITY;
  /** The store that is being verified. */
  #checked: NodeStore | undefined;
  #checking: Promise<unknown> = Promise.resolve();
  /** The closed copy writes nothing any more. */
  #quiet: Promise<void> = Promise.resolve();
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
    await this.#quiet;
    const store = watchStore(await place.open(), ({ message }) => {
      if (this.#opened?.copy.store === store) damaged('copy', `the store is damaged: ${message}`);
    });
    await this.#bind(store);
    const copy = await Copy.open({ store, sync, journal, standsBy: this.#standsBy }).catch(tellDamage);
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
    if (this.#opened) this.#leave(this.#opened.copy);
    this.#opened = undefined;
  }

  #leave(copy: Copy): void {
    const { generation, epoch } = copy.tail;
    const { differing } = copy.agreement;
    this.#doubt = { office: differing ?? { generation, epoch }, isOwn: differing === undefined };
    this.#quiet = copy.abandon();
  }

  /** As `close`, and the store is closed as well. */
  async end(): Promise<void> {
    const store = this.#opened?.copy.store ?? this.#checked;
    for (const part of this.#answering.splice(0)) part.stop();
    await store?.close();
    await this.#checking.catch(() => undefined); // it cannot go on, and removes what it wrote
  }

  /** The copy has read all that there is. */
  joined(): void {
    this.#completeMs ??= this.#options.clock.monotonicMs();
  }

  /** Whether a leader's copy was found sound lately. */
  get isConfirmed(): boolean {
    return this.#options.clock.monotonicMs() - this.#confirmedMs < confirmedForMs;
  }

  /** Folds the closed copy's frames anew. @throws when that cannot be done now. */
  async check(): Promise<CheckOutcome> {
    const checking = this.#verify();
    this.#checking = checking;
    const { ok, reason = '' } = await checking;
    if (!ok) return { isSound: false, reason };
    const { clock, journal } = this.#options;
    const { office, isOwn } = this.#doubt!; // somebody differed, or nothing would be checked
    this.#standsBy = office;
    if (isOwn) this.#confirmedMs = clock.monotonicMs();
    journal.notice(
      `its copy is sound and stays, although others have other state hashes in epoch ${office.epoch}`,
    );
    return { isSound: true };
  }

  async #verify(): Promise<Pick<Verification, 'ok' | 'reason'>> {
    const { place } = this.#options;
    await this.#quiet;
    try {
      const store = await place.open();
      this.#checked = store;
      return await place.withScratch((scratch) => verifyStore(store, { scratch }));
    } catch (error) {
      if (!(error instanceof StoreCorrupt)) throw error;
      return { ok: false, reason: `the store is damaged: ${error.message}` };
    }
  }

  /** Keeps the closed copy as evidence; the next one begins with nothing. */
  async setAside(): Promise<void> {
    const { place, clock, journal } = this.#options;
    const completeForMs = this.#completeMs === undefined ? 0 : clock.monotonicMs() - this.#completeMs;
    if (completeForMs > provenAfterMs) this.#setAsides = 0;
    this.#completeMs = undefined;
    this.#standsBy = undefined;
    if (this.#setAsides >= setAsideMax)
      throw new Error(`its copy was damaged ${this.#setAsides + 1} times in quick succession`);
    const kept = await place.setAside();
    this.#setAsides += 1;
    this.#quiet = Promise.resolve(); // whatever still writes, writes there
    journal.notice(`kept the damaged copy in ${kept}; beginning a new one`);
  }

  #servePledges(pledges: Pledges): Subscription {
    const { id, bus, journal, seal } = this.#options;
    return bus.subscribe(subjects.promise, (message) => {
      const request = parse(promiseSchema, message.data);
      if (!request || request.node === id) return;
      void pledges
        .give(request, seal)
        // What was promised in a copy that was closed meanwhile, the next one does not know.
        .then((pledge) => {
          if (pledge && this.#opened?.pledges === pledges) message.respond(JSON.stringify(pledge));
        })
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
