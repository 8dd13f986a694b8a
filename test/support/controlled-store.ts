/** A node's store whose disk can be made slow or can fail, and which remembers what it was asked to write. */
import { MemoryStore } from '../../src/log/memory.ts';
import type { Entry, Standing, StoreBatch } from '../../src/log/port.ts';
import { turn } from './turns.ts';

export class ControlledStore extends MemoryStore {
  readonly batches: StoreBatch[] = [];
  /** Which of them were synced. */
  readonly synced: boolean[] = [];
  /** How many turns a write takes. */
  slowness = 0;
  #failing: (() => boolean) | undefined;
  #held: Promise<void> | undefined;
  #release: () => void = () => undefined;

  /** From now on writes wait, of whatever kind. */
  hold(): void {
    this.#held ??= new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release();
    this.#held = undefined;
  }

  /** From now on the disk refuses the writes for which this holds. */
  failWhen(failing: (() => boolean) | undefined): void {
    this.#failing = failing;
  }

  /** As from a disk: between two entries other things happen. */
  override async *range(from: number, to?: number): AsyncIterable<Entry> {
    for await (const entry of super.range(from, to)) {
      await turn();
      yield entry;
    }
  }

  override async write(batch: StoreBatch, options: { readonly sync: boolean }): Promise<void> {
    this.batches.push(batch);
    this.synced.push(options.sync);
    await this.#held;
    for (let waited = 0; waited < this.slowness; waited++) await turn();
    if (this.#failing?.()) throw new Error('no space left on the disk');
    await super.write(batch, options);
  }

  override async stand(standing: Standing): Promise<void> {
    await this.#held;
    if (this.#failing?.()) throw new Error('no space left on the disk');
    await super.stand(standing);
  }

  override async truncate(after: number): Promise<void> {
    await this.#held;
    await super.truncate(after);
  }
}
