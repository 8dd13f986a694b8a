/**
 * The log's own time.
 *
 * Wall clocks jump, and no two nodes have the same; a log whose times go back cannot be replayed with its pauses. So a
 * stamp advances by the monotonic clock from the last stamp known, and is drawn towards the wall clock so gently that
 * no pause is noticeably longer or shorter: by at most one part in twenty. Every node follows along, so a new leader
 * goes on where the old one stopped. Only a node that just started has nothing to go on from: it takes the wall clock,
 * or the last stamp where that is later.
 */
import type { Clock } from '../ports/clock.ts';

const drawMax = 1 / 20;

export class Stamps {
  readonly #clock: Clock;
  #last: number;
  #monotonicMs: number;

  constructor(clock: Clock, lastStamp: number) {
    this.#clock = clock;
    this.#last = Math.max(lastStamp, clock.wallMs());
    this.#monotonicMs = clock.monotonicMs();
  }

  /** Milliseconds since 1970, whole, never less than any stamp given or seen before. */
  now(): number {
    const monotonicMs = this.#clock.monotonicMs();
    const passed = monotonicMs - this.#monotonicMs;
    const ahead = this.#last + passed - this.#clock.wallMs();
    const draw = Math.min(Math.abs(ahead), passed * drawMax);
    this.#last += passed - Math.sign(ahead) * draw;
    this.#monotonicMs = monotonicMs;
    return Math.floor(this.#last);
  }

  /** Takes notice of another's stamp. */
  saw(stamp: number): void {
    this.now();
    this.#last = Math.max(this.#last, stamp); // with its fraction: often reminded, a clock must not stand still
  }
}
