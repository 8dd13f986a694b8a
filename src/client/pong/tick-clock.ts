/**
 * A clock that counts in ticks and is told now and then what it should show. It gets there by going a little faster or
 * slower, so that nothing on the screen jumps; only what is far off is set.
 */
import { ticksPerSecond } from '../../pong/game.ts';

/** How fast it catches up, and by how much it may be off before it is set, in ticks a tick and in ticks. */
export interface Manners {
  readonly slewMax: number;
  readonly jump: number;
}

const ticksPerMs = ticksPerSecond / 1_000;
/** What is off is gone after about so long. */
const settlingTicks = 30;

/** Ticks as a clock counts them that nobody corrects. */
export function ticksAt(ms: number): number {
  return ms * ticksPerMs;
}

export class TickClock {
  readonly #manners: Manners;
  #ticks = 0;
  #ms = Number.NEGATIVE_INFINITY;
  #rate = 1;

  constructor(manners: Manners) {
    this.#manners = manners;
  }

  at(ms: number): number {
    return this.#ticks + (ms - this.#ms) * ticksPerMs * this.#rate;
  }

  /** It is set anew by the next that it is told. */
  unset(): void {
    this.#ms = Number.NEGATIVE_INFINITY;
  }

  set(ticks: number, ms: number): void {
    this.#ticks = ticks;
    this.#ms = ms;
    this.#rate = 1;
  }

  /** @param ticks what it should show at that time. */
  steer(ticks: number, ms: number): void {
    const { slewMax, jump } = this.#manners;
    const isSet = Number.isFinite(this.#ms);
    const off = isSet ? ticks - this.at(ms) : Number.POSITIVE_INFINITY;
    const isFar = Math.abs(off) > jump;
    this.set(isFar ? ticks : this.at(ms), ms);
    if (isFar) return;
    this.#rate = 1 + Math.max(-slewMax, Math.min(slewMax, off / settlingTicks));
  }
}
