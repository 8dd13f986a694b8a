/**
 * How long a leader's frames take, step by step.
 *
 * Frames are begun, cut and stored one after the other, but committed several at a time, and a leader that is deposed
 * never hears of the end of some. So the open ones are kept in order: a commit ends those up to its number, and being
 * deposed ends none. Nothing here grows with the log: a leader takes nothing more when some dozens of frames are open.
 */

/** Seconds. */
export interface FrameTimed {
  /** From being cut to being stored in the stream. */
  append(seconds: number): void;
  /** From being stored to being committed. */
  commit(seconds: number): void;
  /** From the first event of the frame to being committed. */
  whole(seconds: number): void;
}

interface OpenFrame {
  readonly begunMs: number;
  cutMs?: number;
  storedMs?: number;
}

export class FrameTimes {
  readonly #nowMs: () => number;
  readonly #timed: FrameTimed;
  /** By number, in the order of numbers. */
  readonly #open = new Map<number, OpenFrame>();

  /** @param nowMs a monotonic clock. */
  constructor(nowMs: () => number, timed: FrameTimed) {
    this.#nowMs = nowMs;
    this.#timed = timed;
  }

  begun(frame: number): void {
    this.#open.set(frame, { begunMs: this.#nowMs() });
  }

  cut(frame: number): void {
    const open = this.#open.get(frame);
    if (open) open.cutMs = this.#nowMs();
  }

  stored(frame: number): void {
    const open = this.#open.get(frame);
    if (open?.cutMs === undefined) return;
    open.storedMs = this.#nowMs();
    this.#timed.append(secondsBetween(open.cutMs, open.storedMs));
  }

  committed(upTo: number): void {
    const nowMs = this.#nowMs();
    for (const [frame, { begunMs, storedMs }] of this.#open) {
      if (frame > upTo) return;
      this.#open.delete(frame);
      if (storedMs !== undefined) this.#timed.commit(secondsBetween(storedMs, nowMs));
      this.#timed.whole(secondsBetween(begunMs, nowMs));
    }
  }

  abandoned(): void {
    this.#open.clear();
  }
}

function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs) / 1_000;
}
