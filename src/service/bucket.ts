/** A token bucket: it fills at a rate, holds no more than a burst, and can be charged into debt. */
export class Bucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** @returns whether there was as much. */
  spend(amount: number, nowMs: number): boolean {
    if (this.#left(nowMs) < amount) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Takes what is not there as well; a debt of more than a burst is forgiven. */
  charge(amount: number, nowMs: number): void {
    this.#tokens = Math.max(this.#left(nowMs) - amount, -this.#burst);
  }

  /** Milliseconds until there is as much; 0: until nothing is owed. */
  waitMs(amount: number, nowMs: number): number {
    return Math.max(0, (amount - this.#left(nowMs)) / this.#perMs);
  }

  isFull(nowMs: number): boolean {
    return this.#left(nowMs) === this.#burst;
  }

  #left(nowMs: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    return this.#tokens;
  }
}
