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
  /** When each node last said that it takes part. */
  readonly #tookPartMs = new Map<string, number>();
  /** Nodes whose last beat is not to be trusted any more. */
  readonly #forgotten = new Set<string>();
  readonly #left = new Set<string>();
  #listeningSinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#listeningSinceMs = clock.monotonicMs();
  }

  hear(beat: Beat): void {
    this.#heard.set(beat.node, { beat, atMs: this.#clock.monotonicMs() });
    this.#forgotten.delete(beat.node);
    this.#left.delete(beat.node);
    if (beat.fit && beat.promised <= beat.generation)
      this.#tookPartMs.set(beat.node, this.#clock.monotonicMs());
  }

  /** It said good-bye: it is dead from now on, not only silent. */
  leave(node: string): void {
    this.#heard.delete(node);
    this.#left.add(node);
  }

  /** Until it is heard again it is not among the recent ones. */
  forget(node: string): void {
    this.#forgotten.add(node);
  }

  /** Nothing could be heard until now: that others were silent says nothing about them. */
  listenAnew(): void {
    this.#listeningSinceMs = this.#clock.monotonicMs();
  }

  /** Whether a node was silent for `forMs`, in which it would have been heard. */
  isSilent(node: string, forMs: number): boolean {
    return this.#isLongAgo(this.#heard.get(node)?.atMs, forMs);
  }

  /** Whether a node left, or was silent for `forMs`, in which it would have been heard. */
  isGone(node: string, forMs: number): boolean {
    return this.#left.has(node) || this.#forgotten.has(node) || this.isSilent(node, forMs);
  }

  /** Whether a node was silent, frozen, or held by the promise of another generation for `forMs`. */
  isAbsent(node: string, forMs: number): boolean {
    return this.#left.has(node) || this.#isLongAgo(this.#tookPartMs.get(node), forMs);
  }

  #isLongAgo(atMs = 0, forMs: number): boolean {
    return this.#clock.monotonicMs() - Math.max(atMs, this.#listeningSinceMs) > forMs;
  }

  /** Nodes that were heard once, but not within the last `forMs`. */
  silent(forMs: number): string[] {
    return [...this.#heard.keys()].filter((node) => this.isSilent(node, forMs));
  }

  /** Beats not older than `withinMs`, by node id. */
  recent(withinMs: number): Beat[] {
    const since = this.#clock.monotonicMs() - withinMs;
    return [...this.#heard.values()]
      .filter(({ atMs, beat }) => atMs >= since && !this.#forgotten.has(beat.node))
      .map(({ beat }) => beat)
      .sort((a, b) => (a.node < b.node ? -1 : 1));
  }
}
