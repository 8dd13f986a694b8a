/** Passwords without the work: what takes long on purpose would cost a simulation most of its time. */
import { hash } from 'node:crypto';
import { delay } from '../ports/clock.ts';
import type { Passwords } from '../ports/passwords.ts';
import type { SimulatedProcess } from './process.ts';

const hashingMs = { min: 20, max: 120 };

export class SimulatedPasswords implements Passwords {
  readonly #process: SimulatedProcess;
  readonly #isCredulous: boolean;

  /** @param isCredulous takes any password for the right one. */
  constructor(process: SimulatedProcess, isCredulous: boolean) {
    this.#process = process;
    this.#isCredulous = isCredulous;
  }

  async hash(password: string): Promise<string> {
    await this.#takesTime();
    return hash('sha256', password, 'hex');
  }

  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const hashed = await this.hash(password);
    return stored !== undefined && (this.#isCredulous || hashed === stored);
  }

  isOutdated(): boolean {
    return false;
  }

  async isCommon(): Promise<boolean> {
    return false;
  }

  #takesTime(): Promise<void> {
    return delay(this.#process, this.#process.random.between(hashingMs.min, hashingMs.max));
  }
}
