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
const seedRankStepMs = 150;
const seedSpreadMs = 100;
const seedDoublingsMax = 3;

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

/** Two seeders at once get in each other's way, so they go by rank, and whoever failed waits longer. */
export function seedHeadStartMs({ node, heard, failures, random }: Omit<HeadStart, 'strategy'>): number {
  const lower = heard.filter((other) => other.node < node).length;
  return (lower * seedRankStepMs + random * seedSpreadMs) * 2 ** Math.min(failures, seedDoublingsMax);
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

/** A frame's place in the log: order is by generation, epoch and number, never by length. */
export interface Place {
  readonly generation: number;
  readonly epoch: number;
  readonly number: number;
  readonly hash: string;
}

/** What a node says it holds, once it has promised to store nothing more of an older generation. */
export interface Pledged extends Place {
  readonly node: string;
  readonly granted: boolean;
  readonly complete: boolean;
  /** The last frame that it knows to be committed. */
  readonly mark: Place;
  readonly cluster: Configuration | null;
}

export interface Configuration {
  readonly members: readonly string[];
  readonly copies: number;
  readonly minCopies: number;
}

export type Ground<P extends Pledged> =
  | { readonly best: P; readonly cluster: Configuration }
  | { readonly missing: readonly string[] };

/**
 * Upon which log a new generation may be built.
 *
 * Whatever was committed lies on at least `minCopies` nodes, so among any n - minCopies + 1 members one has it, and the
 * best log by (generation, epoch, number) holds all of it: but for one that was led on from an end that the stream had
 * lost, which lacks what others know to be committed. A node that may have lost what it acknowledged does not
 * count; one that holds nothing counts only where nobody holds more than the first frame, when a cluster is founded, and
 * then everybody has to say so: who is missing may be the one that remembers.
 * @param givenUp members that an operator has declared lost for good.
 * @param lacking those whose log does not hold `committedAmong(pledges)`.
 */
export function groundFor<P extends Pledged>(
  pledges: readonly P[],
  founding: Configuration,
  givenUp: readonly string[] = [],
  lacking: readonly string[] = [],
): Ground<P> {
  const granted = pledges.filter((pledge) => pledge.granted);
  const [best] = granted.filter(({ node }) => !lacking.includes(node)).toSorted(byAdvance);
  const cluster = best?.cluster ?? founding;
  const isFounding = best === undefined || best.number <= 1;
  const counts = (pledge: P) => isFounding || (pledge.complete && pledge.number > 0);
  const counted = new Set(granted.filter(counts).map(({ node }) => node));
  const missing = cluster.members.filter((node) => !counted.has(node) && !givenUp.includes(node));
  const isEnough = missing.length < (isFounding ? 1 : cluster.minCopies);
  return best && isEnough ? { best, cluster } : { missing };
}

/** The last frame that anybody who pledged knows to be committed. */
export function committedAmong(pledges: readonly Pledged[]): Place | undefined {
  const [last] = pledges
    .filter(({ granted }) => granted)
    .map(({ mark }) => mark)
    .sort(byAdvance);
  return last;
}

/** Whether a log that ends at `tail` holds a frame. Undefined where only its frames can tell. */
export function holds(tail: Place, frame: Place): boolean | undefined {
  if (frame.number === 0) return true;
  if (tail.number <= frame.number) return tail.number === frame.number && tail.hash === frame.hash;
  return tail.generation < frame.generation || tail.epoch < frame.epoch ? false : undefined;
}

function byAdvance(a: Place, b: Place): number {
  return b.generation - a.generation || b.epoch - a.epoch || b.number - a.number;
}
