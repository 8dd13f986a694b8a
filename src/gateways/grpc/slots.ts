/** So many things under way at once, and no more: whoever brings the next one waits. One that fails ends the call. */
import { unlessAborted } from './aborting.ts';
import type { Call } from './call.ts';

export class Slots {
  readonly #max: number;
  readonly #call: Pick<Call, 'signal' | 'abort'>;
  #inUse = 0;
  #look = () => {};

  constructor(max: number, call: Pick<Call, 'signal' | 'abort'>) {
    this.#max = max;
    this.#call = call;
  }

  /** Resolves when the task has begun. They begin in the order in which they were given, one call at a time. */
  async run(task: () => Promise<void>): Promise<void> {
    await this.#until(() => this.#inUse < this.#max);
    this.#inUse++;
    task()
      .catch((error: Error) => this.#call.abort(error))
      .finally(() => {
        this.#inUse--;
        this.#look();
      });
  }

  /** Resolves when none is under way. */
  async empty(): Promise<void> {
    await this.#until(() => this.#inUse === 0);
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue())
      await unlessAborted(
        this.#call.signal,
        new Promise<void>((resolve) => {
          this.#look = resolve;
        }),
      );
    this.#call.signal.throwIfAborted();
  }
}
