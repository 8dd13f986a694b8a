/**
 * Proof that a leader still has the log: appends that succeed, or looks at its end that find it where it was left.
 *
 * Without any for a while, the leader's heartbeats do not count and it takes nothing. An answer proves what was true when
 * it was asked for, however late it is read: this process may have stood still meanwhile. And after its connection was
 * lost, the log may have lost its end and grown again by somebody else's frames: until the seam was looked at nothing
 * counts. (Promises P3, P6.)
 */
import { LogGone, type OrderedLog } from '../log/port.ts';
import type { Clock } from '../ports/clock.ts';
import type { Copy } from './copy.ts';
import { SeamBroken, verifySeam } from './follower.ts';

/** Without a successful append or look for so long, a leader's heartbeat no longer counts. */
const unprovenAfterMs = 750;

export interface ProofOptions {
  readonly log: OrderedLog;
  readonly copy: Copy;
  readonly clock: Clock;
  /** Whether no append is under way. */
  isIdle(): boolean;
  /** The log is another's, or gone. */
  lost(): void;
}

export class Proof {
  readonly #options: ProofOptions;
  #provenMs: number;
  /** When the last frame was sent off. */
  #sentMs = 0;
  #isSeamInDoubt = false;

  constructor(options: ProofOptions) {
    this.#options = options;
    this.#provenMs = options.clock.monotonicMs();
  }

  get isFresh(): boolean {
    return !this.#isSeamInDoubt && this.#options.clock.monotonicMs() - this.#provenMs < unprovenAfterMs;
  }

  /** The connection was lost, or is there again. */
  doubt(): void {
    this.#isSeamInDoubt = true;
  }

  sent(): void {
    this.#sentMs = this.#options.clock.monotonicMs();
  }

  stored(): void {
    this.#provenMs = Math.max(this.#provenMs, this.#sentMs);
  }

  /** Looks at the log's end: still there, and nobody else has written. Appends that succeed prove more. */
  async look(): Promise<void> {
    const { log, copy, clock, isIdle, lost } = this.#options;
    if (!isIdle() && this.isFresh) return;
    const askedMs = clock.monotonicMs();
    if (this.#isSeamInDoubt && !(await this.#isSeamWhole())) return;
    const before = copy.sequence;
    const last = await log.last().catch((error: unknown) => (error instanceof LogGone ? -1 : undefined));
    if (last === undefined) return;
    if (last === before && isIdle()) this.#provenMs = Math.max(this.#provenMs, askedMs);
    else if (last < before || (last > copy.sequence && isIdle())) lost();
  }

  async #isSeamWhole(): Promise<boolean> {
    const { log, copy, lost } = this.#options;
    try {
      await verifySeam(log, copy);
      this.#isSeamInDoubt = false;
      return true;
    } catch (error) {
      if (error instanceof SeamBroken || error instanceof LogGone) lost();
      return false; // or nobody answered, which tells nothing
    }
  }
}
