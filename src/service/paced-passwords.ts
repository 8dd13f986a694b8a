/**
 * Hashing in turns. Each hash takes a thread of the pool and 20 MB for tens of milliseconds, and the node's own store works
 * on the same threads: a flood of log-ins would leave none for it. So few are hashed at a time, some wait, and whoever
 * comes when those are too many is told so and comes again.
 */
import { Pace } from '../ports/pace.ts';
import type { Passwords } from '../ports/passwords.ts';

/** Nothing was hashed: too many wait already. */
export class TooManyWait extends Error {
  override readonly name = 'TooManyWait';
}

/** More would take the time of those who are let in already, where there are few cores. */
const atATime = 1;
/** About two seconds' work. */
const waitingMax = 64;

export class PacedPasswords implements Passwords {
  readonly #passwords: Passwords;
  readonly #pace = new Pace(atATime);

  constructor(passwords: Passwords) {
    this.#passwords = passwords;
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
    if (this.#pace.waiting >= waitingMax) throw new TooManyWait('too many passwords wait to be hashed');
    return await this.#pace.run(work);
  }
}
