/**
 * The server's side of the ordered log: one stream, as JetStream keeps it with one replica and an fsync before each
 * answer. What is stored stays stored. It compares the expected last sequence and does nothing else about repeats: on
 * one replica the real one checks the expectation before it would recognise a message id.
 */
import type { Entry } from '../log/port.ts';
import type { Session } from './session.ts';

/** An ordered push consumer, which lives as long as the connection it was made on. */
export interface Consumer {
  readonly session: Session;
  next: number;
  /** Forgotten by the server without a word: the reader's watchdog has to find out. */
  isStuck: boolean;
  push(entry: Entry): void;
}

export interface StreamOptions {
  /** Off in simulations that show that the checks notice. */
  readonly comparesAndSets: boolean;
  /** @param isStray something that nobody should take notice of. */
  stored(entry: Entry, isStray: boolean): void;
}

export class SimulatedStream {
  readonly #options: StreamOptions;
  readonly #entries: Uint8Array[] = [];
  readonly #consumers = new Set<Consumer>();

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** The server has lost it, or somebody has deleted it. */
  isGone = false;

  /** The server's disk lost the end of it. @returns what is lost. */
  cut(entries: number): Uint8Array[] {
    this.#consumers.clear();
    return this.#entries.splice(Math.max(0, this.#entries.length - entries));
  }

  get last(): number {
    return this.#entries.length;
  }

  get entries(): readonly Uint8Array[] {
    return this.#entries;
  }

  read(number: number): Uint8Array | undefined {
    return this.#entries[number - 1];
  }

  /** @returns whether it was stored, as entry `number`. */
  append(bytes: Uint8Array, number: number): boolean {
    if (this.#options.comparesAndSets && number !== this.last + 1) return false;
    this.#store(bytes, false);
    return true;
  }

  /** Something is stored at the end that should not be there. */
  stray(bytes: Uint8Array): void {
    this.#store(bytes, true);
  }

  addConsumer(consumer: Consumer): void {
    this.#consumers.add(consumer);
    this.#push(consumer);
  }

  dropConsumers(which: (consumer: Consumer) => boolean): void {
    for (const consumer of this.#consumers) if (which(consumer)) this.#consumers.delete(consumer);
  }

  stick(which: (consumer: Consumer) => boolean): void {
    for (const consumer of this.#consumers) if (which(consumer)) consumer.isStuck = true;
  }

  #store(bytes: Uint8Array, isStray: boolean): void {
    this.#entries.push(bytes);
    this.#options.stored({ number: this.last, bytes }, isStray);
    for (const consumer of this.#consumers) this.#push(consumer);
  }

  #push(consumer: Consumer): void {
    while (!consumer.isStuck && consumer.next <= this.last) {
      const number = consumer.next++;
      consumer.push({ number, bytes: this.#entries[number - 1]! });
    }
  }
}
