/** What a checker has to say. */

/** A promise of ARCHITECTURE.md; `order`: that the log has things in the order in which they were done. */
export type PromiseName = 'P1' | 'P2' | 'P3' | 'P4' | 'P6' | 'P7' | 'P8' | 'P9' | 'order';

export interface Violation {
  /** `undecided`: the checker gave up, so nothing is known to be broken, and nothing to be fine. */
  readonly promise: PromiseName | 'undecided';
  /** One sentence. */
  readonly what: string;
  /** The events of the history and entries of the log that show it. */
  readonly evidence: readonly unknown[];
}

export function violation(
  promise: Violation['promise'],
  what: string,
  ...evidence: readonly unknown[]
): Violation {
  return { promise, what, evidence };
}
