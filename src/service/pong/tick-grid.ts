/**
 * When the next tick comes. One timer serves all courts, and ticks lie on a grid, so that a timer that was late makes none of
 * the later ones late; what was missed for a short while is made up for, what was missed for longer is a freeze: the game
 * goes on where it stood.
 */
import { ticksPerSecond } from '../../pong/game.ts';
import type { Clock, Timer } from '../../ports/clock.ts';

const tickMs = 1_000 / ticksPerSecond;
/** Made up for at once; beyond that it is a freeze. */
const missedTicksMax = 12;
/** A timer that comes earlier than this waits once more. */
const earlyMs = 0.5;

export interface Ticking {
  /** The grid rests while it is not, until it is woken. */
  isPlaying(): boolean;
  /** Otherwise time passes, and nothing is played. */
  isCertain(): boolean;
  ticked(lateMs: number): void;
  tick(nowMs: number): void;
}

export class TickGrid {
  readonly #clock: Clock;
  readonly #ticking: Ticking;
  /** Undefined while the grid rests; while it plays, the one that has fired: nothing that is played may begin a second. */
  #timer: Timer | undefined;
  #nextMs = 0;

  constructor(clock: Clock, ticking: Ticking) {
    this.#clock = clock;
    this.#ticking = ticking;
  }

  wake(): void {
    if (this.#timer !== undefined) return;
    this.#nextMs = this.#clock.monotonicMs() + tickMs;
    this.#wait();
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    const delayMs = Math.max(1, this.#nextMs - this.#clock.monotonicMs());
    this.#timer = this.#clock.setTimeout(() => this.#run(this.#clock.monotonicMs()), delayMs);
  }

  #run(nowMs: number): void {
    if (nowMs >= this.#nextMs - earlyMs) this.#play(nowMs);
    if (this.#ticking.isPlaying()) this.#wait();
    else this.#timer = undefined;
  }

  #play(nowMs: number): void {
    const lateMs = nowMs - this.#nextMs;
    this.#ticking.ticked(lateMs);
    const isCertain = this.#ticking.isCertain();
    let due = 1 + Math.floor(Math.max(0, lateMs) / tickMs);
    if (due > missedTicksMax || !isCertain) {
      due = 1;
      this.#nextMs = nowMs;
    }
    this.#nextMs += due * tickMs;
    if (isCertain) for (let tick = 0; tick < due; tick++) this.#ticking.tick(nowMs);
  }
}
