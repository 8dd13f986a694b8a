/** A clock that a test moves. The wall clock can jump on its own. */
import type { Clock, Timer } from '../../src/ports/clock.ts';
import { turn } from './turns.ts';

interface Waiting {
  readonly atMs: number;
  readonly task: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  #wallAheadMs: number;
  #timers: Waiting[] = [];

  constructor(wallMs = 1_000_000) {
    this.#wallAheadMs = wallMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallAheadMs;
  }

  setTimeout(task: () => void, delayMs: number): Timer {
    const timer = { atMs: this.#nowMs + delayMs, task };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    this.#timers = this.#timers.filter((waiting) => waiting !== timer);
  }

  soon(task: () => void): void {
    setImmediate(task);
  }

  jumpWall(ms: number): void {
    this.#wallAheadMs += ms;
  }

  /** Time passes, and nobody is woken. */
  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** Time passes, everybody is woken when it is their time, and what they do is done. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await turn();
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#nowMs = next.atMs;
      this.clearTimeout(next);
      next.task();
      await turn();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Waiting | undefined {
    const due = this.#timers.filter(({ atMs }) => atMs <= untilMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }
}
