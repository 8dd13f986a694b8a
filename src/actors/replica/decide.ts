/** What a replica decides about elections. Pure; the log has the last word, these only decide who tries when. */

export type Strategy = 'random' | 'lowest-id';

/** A node as others know it from its heartbeats. */
export interface Candidate {
  readonly node: string;
  readonly fit: boolean;
}

const randomSpreadMs = 150;
const rankStepMs = 100;
const doublingsMax = 5;

export interface HeadStart {
  readonly strategy: Strategy;
  readonly node: string;
  /** Others whose heartbeat arrived within the last 0.5 s. */
  readonly heard: readonly Candidate[];
  /** Campaigns of this node that failed since a leader was last heard. */
  readonly failures: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/**
 * Milliseconds to wait before trying to become leader. `random` spreads the candidates; `lowest-id` gives each a turn
 * by its rank among the fit nodes heard. A candidate that failed waits twice as long, so that it cannot keep others out.
 */
export function headStartMs({ strategy, node, heard, failures, random }: HeadStart): number {
  const lower = heard.filter((other) => other.fit && other.node < node).length;
  const base = strategy === 'random' ? random * randomSpreadMs : lower * rankStepMs;
  const factor = 2 ** Math.min(failures, doublingsMax);
  return failures === 0 ? base : Math.max(base, rankStepMs / 2) * factor;
}

export interface HeldPosition {
  readonly node: string;
  readonly generation: number;
  readonly sequence: number;
}

/**
 * Whether the stream still holds what nodes have stored: a node that is beyond its end has seen frames that the stream
 * lost, and leading on from here would overwrite what was committed.
 */
export function lostTail(
  positions: readonly HeldPosition[],
  generation: number,
  lastSequence: number,
): HeldPosition | undefined {
  return positions.find((held) => held.generation === generation && held.sequence > lastSequence);
}
