/** Argon2id on the thread pool. Parameters: the first choice of OWASP's password storage cheat sheet, 19 MiB and 2 passes. */
import { hash, verify } from '@node-rs/argon2';
import type { Passwords } from '../ports/passwords.ts';

/** Argon2id is the library's default algorithm; the hash names it. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export class Argon2Passwords implements Passwords {
  /** Of a password that nobody has: verified against where there is no account, so that it takes as long. */
  #nobody: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return hash(password, parameters);
  }

  async verify(stored: string | undefined, password: string): Promise<boolean> {
    if (stored !== undefined) return await verify(stored, password);
    this.#nobody ??= this.hash(crypto.randomUUID());
    await verify(await this.#nobody, password);
    return false;
  }
}
