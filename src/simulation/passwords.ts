/** Passwords without the work: what takes long on purpose would cost a simulation most of its time. */
import { hash } from 'node:crypto';
import { delay } from '../ports/clock.ts';
import type { Passwords } from '../ports/passwords.ts';
import type { SimulatedProcess } from './process.ts';

const hashingMs = { min: 20, max: 120 };

export class SimulatedPasswords implements Passwords {
  readonly #process: SimulatedProcess;

  constructor(process: SimulatedProcess) {
    this.#process = process;
  }

  async hash(password: string): Promise<string> {
    await this.#takesTime();
    return hash('sha256', password, 'hex');
  }

  async verify(stored: string | undefined, password: string): Promise<boolean> {
    return (await this.hash(password)) === stored;
  }

  #takesTime(): Promise<void> {
    return delay(this.#process, this.#process.random.between(hashingMs.min, hashingMs.max));
  }
}
