/**
 * Changing what a node stands for, one change after the other: two that read the same and write at the same time would
 * undo each other, and a promise must never fall.
 */
import type { NodeStore, Standing } from '../log/port.ts';

export class StandingOf {
  readonly #store: NodeStore;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: NodeStore) {
    this.#store = store;
  }

  get now(): Standing {
    return this.#store.standing;
  }

  /** @returns the standing after it; nothing is written where `change` gives back what it got. */
  change(change: (now: Standing) => Standing): Promise<Standing> {
    const changed = this.#last.then(async () => {
      const before = this.#store.standing;
      const after = change(before);
      if (after.promised < before.promised)
        throw new RangeError(`generation ${before.promised} is promised, not ${after.promised}`);
      if (after !== before) await this.#store.stand(after);
      return after;
    });
    this.#last = changed.catch(() => undefined);
    return changed;
  }
}
