/** How often somebody may say what gets no answer: what is more is not heard, and who floods is sent away. */
import { Bucket } from './bucket.ts';

interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface Rates {
  readonly heard: Rate;
  readonly tolerated: Rate;
}

interface Known {
  readonly heard: Bucket;
  readonly tolerated: Bucket;
}

export class Tolerance {
  readonly #rates: Rates;
  readonly #speakers = new Map<string, Known>();

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  judge(speaker: string, nowMs: number): 'hear' | 'ignore' | 'banish' {
    const known = this.#known(speaker, nowMs);
    if (!known.tolerated.spend(1, nowMs)) return 'banish';
    return known.heard.spend(1, nowMs) ? 'hear' : 'ignore';
  }

  /** Forgets those who were not heard for a while. */
  sweep(nowMs: number): void {
    for (const [speaker, { heard, tolerated }] of this.#speakers)
      if (heard.isFull(nowMs) && tolerated.isFull(nowMs)) this.#speakers.delete(speaker);
  }

  #known(speaker: string, nowMs: number): Known {
    const before = this.#speakers.get(speaker);
    if (before) return before;
    const bucket = ({ perSecond, burst }: Rate) => new Bucket(perSecond, burst, nowMs);
    const known = { heard: bucket(this.#rates.heard), tolerated: bucket(this.#rates.tolerated) };
    this.#speakers.set(speaker, known);
    return known;
  }
}
