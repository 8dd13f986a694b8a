/**
 * Hashing in turns. Each hash takes a thread of the pool and 20 MB for tens of milliseconds, and the node's own store works
 * on the same threads: a flood of log-ins would leave none for it. So few are hashed at a time, some wait, and whoever
 * comes when those are too many is told so and comes again.
 *
 * Who registers is slowed down by no wrong guess: a crowd of such would fill all places where log-ins wait. So newcomers
 * have few places of their own, and no more of them come in a second than leave most of the time to the others.
 */
import { Pace } from '../ports/pace.ts';
import type { Passwords } from '../ports/passwords.ts';
import { Bucket } from './bucket.ts';

/** Nothing was hashed: too many wait already. */
export class TooManyWait extends Error {
  override readonly name = 'TooManyWait';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('too many passwords wait to be hashed');
    this.retryAfterMs = retryAfterMs;
  }
}

/** More would take the time of those who are let in already, where there are few cores. */
const atATime = 1;
/** About two seconds' work. */
const waitingMax = 64;
/** What passwords wait for others' takes about so long. */
const laterMs = 1_000;
const newcomers = { waitingMax: 8, perSecond: 5, burst: 100 } as const;

interface Share {
  readonly pace: Pace;
  readonly waitingMax: number;
  /** @returns how long there is no turn for one more; 0: it was taken. */
  take?(): number;
}

export class PacedPasswords implements Passwords {
  readonly #passwords: Passwords;
  readonly #share: Share;
  #waiting = 0;

  constructor(passwords: Passwords, share: Share = { pace: new Pace(atATime), waitingMax }) {
    this.#passwords = passwords;
    this.#share = share;
  }

  /** @throws {TooManyWait} */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => this.#passwords.hash(password));
  }

  /** @throws {TooManyWait} */
  verify(hash: string | undefined, password: string): Promise<boolean> {
    return this.#inTurn(() => this.#passwords.verify(hash, password));
  }

  isOutdated(hash: string): boolean {
    return this.#passwords.isOutdated(hash);
  }

  isCommon(password: string): Promise<boolean> {
    return this.#passwords.isCommon(password);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { pace, waitingMax, take } = this.#share;
    if (this.#waiting > waitingMax) throw new TooManyWait(laterMs);
    const waitMs = take?.() ?? 0;
    if (waitMs > 0) throw new TooManyWait(waitMs);
    this.#waiting++;
    try {
      return await pace.run(work);
    } finally {
      this.#waiting--;
    }
  }
}

/** Of those who have an account, or say so, and of those who want one: all in the same turns. */
export function passwordsInTurns(passwords: Passwords, nowMs: () => number) {
  const pace = new Pace(atATime);
  const { perSecond, burst, waitingMax: few } = newcomers;
  const bucket = new Bucket(perSecond, burst, nowMs());
  const take = () => (bucket.spend(1, nowMs()) ? 0 : bucket.waitMs(1, nowMs()));
  return {
    passwords: new PacedPasswords(passwords, { pace, waitingMax }),
    newPasswords: new PacedPasswords(passwords, { pace, waitingMax: few, take }),
  };
}
