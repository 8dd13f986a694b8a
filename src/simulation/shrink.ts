/**
 * Shrinking: from a run that broke a promise to a shorter one that breaks the same promise.
 *
 * The plan was drawn before anything began, so a fault can be left out and the rest stays as it was. First in halves,
 * then one by one, then what is left is made shorter.
 */
import type { Fault } from './faults.ts';
import { type SimulateOptions, type SimulationResult, simulate } from './simulate.ts';

export interface Shrunk {
  readonly result: SimulationResult;
  /** Simulations that it took. */
  readonly runs: number;
}

const shortestMs = 20;
const shortestRunMs = 500;

/** @param isOver when enough time was spent: what was found until then is returned. */
export async function shrink(
  options: SimulateOptions,
  broken: SimulationResult,
  isOver: () => boolean,
): Promise<Shrunk> {
  const shrinker = new Shrinker(options, broken, isOver);
  await shrinker.shrink();
  return { result: shrinker.best, runs: shrinker.runs };
}

class Shrinker {
  readonly #options: SimulateOptions;
  readonly #isOver: () => boolean;
  best: SimulationResult;
  runs = 0;

  constructor(options: SimulateOptions, broken: SimulationResult, isOver: () => boolean) {
    this.#options = options;
    this.#isOver = isOver;
    this.best = broken;
  }

  async shrink(): Promise<void> {
    const { virtualMs, plan } = this.best;
    await this.#try(plan.filter(({ atMs }) => atMs <= virtualMs));
    let before: number;
    do {
      before = this.best.plan.length;
      for (let size = Math.ceil(before / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
        await this.#leaveOut(size);
    } while (this.best.plan.length < before && !this.#isOver());
    for (let index = 0; index < this.best.plan.length; index++) await this.#shorten(index);
    await this.#endEarlier();
  }

  /** Tries to do without `size` faults at a time. */
  async #leaveOut(size: number): Promise<void> {
    for (let start = 0; start < this.best.plan.length; ) {
      const { plan } = this.best;
      const isShorter = await this.#try([...plan.slice(0, start), ...plan.slice(start + size)]);
      if (!isShorter) start += size;
    }
  }

  async #shorten(index: number): Promise<void> {
    for (;;) {
      const fault = this.best.plan[index];
      if (!fault || !('forMs' in fault) || fault.forMs <= shortestMs) return;
      const shorter: Fault = { ...fault, forMs: Math.floor(fault.forMs / 2) };
      if (!(await this.#try(this.best.plan.with(index, shorter)))) return;
    }
  }

  async #endEarlier(): Promise<void> {
    for (;;) {
      const durationMs = Math.floor(this.best.durationMs / 2);
      if (durationMs < shortestRunMs || !(await this.#try(this.best.plan, durationMs))) return;
    }
  }

  /** @returns whether the same promise is broken. */
  async #try(plan: readonly Fault[], durationMs = this.best.durationMs): Promise<boolean> {
    if (this.#isOver()) return false;
    this.runs += 1;
    const result = await simulate({ ...this.#options, plan, durationMs });
    if (result.broken?.promise !== this.best.broken?.promise) return false;
    this.best = result;
    return true;
  }
}
