/**
 * Argon2id on the thread pool.
 *
 * A hash says how it was made (`$argon2id$v=19$m=19456,t=2,p=1$…`), so that one of before the parameters were raised can
 * still be verified, and is known to be outdated. The parameters are the first choice of OWASP's password storage cheat
 * sheet.
 */
import { hash, verify } from '@node-rs/argon2';
import type { Passwords } from '../ports/passwords.ts';
import { isCommonPassword } from './common-passwords.ts';

export interface Argon2Parameters {
  readonly memoryKib: number;
  /** Over the whole memory. */
  readonly passes: number;
  /** Parts of the memory that could be worked on at the same time. */
  readonly lanes: number;
}

const recommended: Argon2Parameters = { memoryKib: 19_456, passes: 2, lanes: 1 };

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/;

export class Argon2Passwords implements Passwords {
  readonly #parameters: Argon2Parameters;
  /** Of a password that nobody has: verified against where there is no account, so that it takes as long. */
  readonly #nobody: Promise<string>;

  constructor(parameters = recommended) {
    this.#parameters = parameters;
    this.#nobody = this.hash(crypto.randomUUID()); // at once: made on demand, the first stranger would wait twice as long
    this.#nobody.catch(() => undefined); // told to whoever verifies
  }

  /** Argon2id of version 19 is what the library does unless told otherwise. */
  hash(password: string): Promise<string> {
    const { memoryKib: memoryCost, passes: timeCost, lanes: parallelism } = this.#parameters;
    return hash(password, { memoryCost, timeCost, parallelism });
  }

  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const isRight = stored !== undefined && (await verify(stored, password));
    // Less work than where there is no account would tell that there is one.
    if (!isRight && (stored === undefined || this.isOutdated(stored)))
      await verify(await this.#nobody, password);
    return isRight;
  }

  isCommon(password: string): Promise<boolean> {
    return isCommonPassword(password);
  }

  isOutdated(stored: string): boolean {
    const [, memoryKib = 0, passes = 0] = form.exec(stored) ?? [];
    return Number(memoryKib) < this.#parameters.memoryKib || Number(passes) < this.#parameters.passes;
  }
}
