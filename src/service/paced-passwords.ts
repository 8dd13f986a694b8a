/**
 * Hashing in turns. Each hash takes a thread of the pool and 20 MB for tens of milliseconds, and the node's own store works
 * on the same threads: a flood of log-ins would leave none for it. So few are hashed at a time, some wait, and whoever
 * comes when those are too many is told so and comes again.
 */
import type { Passwords } from '../ports/passwords.ts';

/** Nothing was hashed: too many wait already. */
export class TooManyWait extends Error {
  override readonly name = 'TooManyWait';
}

/** Half of the pool's four threads. */
const atATime = 2;
/** About a second's work. */
const waitingMax = 64;

export class PacedPasswords implements Passwords {
  readonly #passwords: Passwords;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

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
    await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy -= 1;
    }
  }

  async #turn(): Promise<void> {
    if (this.#busy < atATime) this.#busy += 1;
    else if (this.#waiting.length >= waitingMax)
      throw new TooManyWait('too many passwords wait to be hashed');
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
