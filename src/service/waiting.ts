/** Waiting for the commit mark: how a read sees what its client has seen before, on whatever node it lands (P7). */
import { type Clock, within } from '../ports/clock.ts';
import type { Copy } from '../replication/copy.ts';

export class Positions {
  readonly #copy: Copy;
  readonly #clock: Clock;
  readonly #waiting: { readonly position: number; readonly go: () => void }[] = [];

  constructor(copy: Copy, clock: Clock) {
    this.#copy = copy;
    this.#clock = clock;
    copy.listen({ committed: () => this.#wake() });
  }

  /** @returns whether everything up to `position` is committed here, after waiting for it at most `timeoutMs`. */
  async reached(position: number, timeoutMs: number): Promise<boolean> {
    if (position <= this.#copy.mark.position) return true;
    const waiter = { position, go: () => {} };
    const arrived = new Promise<true>((resolve) => {
      waiter.go = () => resolve(true);
    });
    this.#waiting.push(waiter);
    this.#copy.flush();
    const inTime = await within(this.#clock, timeoutMs, arrived);
    if (!inTime) this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
    return inTime ?? false;
  }

  #wake(): void {
    const { position } = this.#copy.mark;
    const arrived = this.#waiting.filter((waiter) => waiter.position <= position);
    if (arrived.length === 0) return;
    const still = this.#waiting.filter((waiter) => waiter.position > position);
    this.#waiting.splice(0, this.#waiting.length, ...still);
    for (const waiter of arrived) waiter.go();
  }
}
