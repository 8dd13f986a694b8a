/** What a node has heard of the others, by its own monotonic clock. */
import type { Clock } from '../ports/clock.ts';
import type { Beat } from './messages.ts';

interface Heard {
  readonly beat: Beat;
  readonly atMs: number;
}

export class Peers {
  readonly #clock: Clock;
  readonly #heard = new Map<string, Heard>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hear(beat: Beat): void {
    this.#heard.set(beat.node, { beat, atMs: this.#clock.monotonicMs() });
  }

  forget(node: string): void {
    this.#heard.delete(node);
  }

  /** Nodes that were heard once, but not within the last `forMs`. */
  silent(forMs: number): string[] {
    const since = this.#clock.monotonicMs() - forMs;
    return [...this.#heard].filter(([, { atMs }]) => atMs < since).map(([node]) => node);
  }

  /** Beats not older than `withinMs`, by node id. */
  recent(withinMs: number): Beat[] {
    const since = this.#clock.monotonicMs() - withinMs;
    return [...this.#heard.values()]
      .filter(({ atMs }) => atMs >= since)
      .map(({ beat }) => beat)
      .sort((a, b) => (a.node < b.node ? -1 : 1));
  }
}
