/**
 * How long to wait before something that died is started again.
 *
 * Whoever dies a few times in a row may be unlucky, and its users wait: it comes back at once. Only what goes on dying
 * waits longer and longer, so that a program that cannot run does not keep the machine busy.
 */
const waitMinMs = 100;
const waitMaxMs = 5_000;
const deathsForgiven = 5;
/** No more are remembered: by then the wait is the longest. */
const deathsMax = 11;
/** Living for so long makes up for a death. */
const redeemsMs = 2_000;

export class Patience {
  /** Deaths, less what was lived between them. */
  #deaths = 0;

  /** @returns how many milliseconds to wait, after a death that ended a life of `livedMs`. */
  died(livedMs: number): number {
    this.#deaths = Math.min(Math.max(0, this.#deaths - livedMs / redeemsMs) + 1, deathsMax);
    const doublings = Math.max(0, Math.floor(this.#deaths) - deathsForgiven);
    return Math.min(waitMinMs * 2 ** doublings, waitMaxMs);
  }
}
