/** Those who must leave for a while because they asked for more than anybody needs; every node is told by the one it met. */
import { z } from 'zod';
import type { Bus, Subscription } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import { parse } from '../replication/messages.ts';

const subject = 'verbatim.node.banished';
const banishedMs = 10_000;

const wordSchema = z.strictObject({ speaker: z.string().max(64) });

export class Banishment {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #banished = new Set<string>();
  readonly #told = new Set<(speaker: string) => void>();

  constructor(bus: Bus, clock: Clock, journal: Journal) {
    this.#bus = bus;
    this.#clock = clock;
    this.#journal = journal;
  }

  /** @param banished told of each, once. */
  start(banished: (speaker: string) => void): Subscription {
    this.#told.add(banished);
    const heard = this.#bus.subscribe(subject, ({ data }) => {
      const { speaker } = parse(wordSchema, data) ?? {};
      if (speaker !== undefined) this.#begin(speaker);
    });
    return {
      stop: () => {
        heard.stop();
        this.#told.delete(banished);
      },
    };
  }

  /** Here at once: this node's own word comes back to it behind all of the flood that it has not read yet. */
  banish(speaker: string): void {
    if (!this.#begin(speaker)) return;
    const seconds = banishedMs / 1_000;
    this.#journal.notice(`${speaker} asks for more than any client needs; sent away for ${seconds} s`);
    this.#bus.publish(subject, JSON.stringify({ speaker }));
  }

  has(speaker: string): boolean {
    return this.#banished.has(speaker);
  }

  /** Whoever must stay away at present. */
  get speakers(): Iterable<string> {
    return this.#banished;
  }

  /** @returns whether it is news. */
  #begin(speaker: string): boolean {
    if (this.#banished.has(speaker)) return false;
    this.#banished.add(speaker);
    this.#clock.setTimeout(() => this.#banished.delete(speaker), banishedMs);
    for (const banished of this.#told) banished(speaker);
    return true;
  }
}
