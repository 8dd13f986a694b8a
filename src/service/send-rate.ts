/**
 * How much one user may ask of a leader: a bucket of tokens for each, of which every command takes one. A full bucket is a
 * burst of ten seconds' worth; it fills again at the rate. Kept as the time at which the bucket is full again (the generic
 * cell rate algorithm), so nothing has to be counted up. A new leader begins with full ones.
 */
export interface SendRate {
  /** Commands in a second that a user may send for long; 0: as many as they like. */
  readonly perSecond: number;
}

const burstSeconds = 10;

export class Buckets {
  readonly #tokenMs: number;
  readonly #nowMs: () => number;
  /** Of those that are not full. */
  readonly #fullAtMs = new Map<string, number>();

  constructor({ perSecond }: SendRate, nowMs: () => number) {
    this.#tokenMs = perSecond === 0 ? 0 : 1_000 / perSecond;
    this.#nowMs = nowMs;
  }

  /** Takes a token. @returns how long there will be none; 0: it was taken. */
  take(user: string): number {
    if (this.#tokenMs === 0) return 0;
    const nowMs = this.#nowMs();
    const fullAtMs = Math.max(nowMs, this.#fullAtMs.get(user) ?? nowMs) + this.#tokenMs;
    const missingMs = fullAtMs - nowMs - burstSeconds * 1_000;
    if (missingMs > 0) return missingMs;
    this.#fullAtMs.set(user, fullAtMs);
    return 0;
  }

  /** Forgets buckets that are full. */
  sweep(): void {
    const nowMs = this.#nowMs();
    for (const [user, fullAtMs] of this.#fullAtMs) if (fullAtMs <= nowMs) this.#fullAtMs.delete(user);
  }
}
