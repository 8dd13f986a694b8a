/** How a cluster is, from what its nodes say of themselves. */
import { delay } from '../ports/clock.ts';
import { systemClock as clock } from '../system/clock.ts';
import type { NodeStatus, Operator } from './operator.ts';

export interface NodeHealth {
  readonly node: string;
  /** Undefined where it did not answer. */
  readonly status: NodeStatus | undefined;
  /** Holds all that was committed when the others were asked. */
  readonly isInSync: boolean;
  /** Committed events that it has not taken into its state. */
  readonly lag: number | undefined;
}

export interface ClusterHealth {
  readonly nodes: readonly NodeHealth[];
  readonly leader: string | undefined;
  /** The lowest frame at which state hashes differ. */
  readonly differAt: number | undefined;
  /** What is amiss, a sentence each; empty in a healthy cluster. */
  readonly degraded: readonly string[];
}

const settleMs = 500;
const pauseMs = 20;

/**
 * Asks twice and more: what is committed is taken from the first answers, who holds it from the last, so that a node is
 * not called behind for the moment that lies between two answers.
 * @param known ids of nodes that may exist, for the case that none answers.
 */
export async function examine(
  operator: Operator,
  timeoutMs: number,
  known: readonly string[],
): Promise<ClusterHealth> {
  const [any] = await operator.status(timeoutMs, 1);
  const members = any?.members.length ? any.members : known;
  if (!any) return assess([], [], members);
  const first = await operator.status(timeoutMs, members.length);
  const untilMs = clock.monotonicMs() + settleMs;
  let last = await operator.status(timeoutMs, first.length);
  while (!areEquallyFar(last) && clock.monotonicMs() < untilMs) {
    await delay(clock, pauseMs);
    last = await operator.status(timeoutMs, first.length);
  }
  return assess(first, last, members);
}

/** Pure. */
export function assess(
  first: readonly NodeStatus[],
  last: readonly NodeStatus[],
  members: readonly string[],
): ClusterHealth {
  const committed = Math.max(0, ...first.map(({ frame }) => frame));
  const position = Math.max(0, ...first.map((status) => status.position));
  const ids = [...new Set([...members, ...last.map(({ node }) => node)])].sort(byNumber);
  const nodes = ids.map((node): NodeHealth => {
    const status = last.find((one) => one.node === node);
    const isInSync = status !== undefined && status.problem === null && status.stored >= committed;
    return { node, status, isInSync, lag: status && Math.max(0, position - status.position) };
  });
  const [leading] = last.filter(({ role }) => role === 'leader').sort((a, b) => b.epoch - a.epoch);
  return {
    nodes,
    leader: leading?.node,
    differAt: firstDifference(last),
    degraded: [...nodes.flatMap(whatIsAmiss), ...fewerCopies(last), ...waiting(last)],
  };
}

function areEquallyFar(statuses: readonly NodeStatus[]): boolean {
  return statuses.every(({ frame }) => frame === statuses[0]?.frame);
}

/** Compares at every frame where more than one node stood; hashes of different projection versions cannot be compared. */
function firstDifference(statuses: readonly NodeStatus[]): number | undefined {
  const seen = new Map<string, string>();
  const differing: number[] = [];
  for (const { version, recent } of statuses) {
    for (const { frame, state_hash: hash } of recent) {
      const key = `${version}/${frame}`;
      if ((seen.get(key) ?? hash) !== hash) differing.push(frame);
      seen.set(key, hash);
    }
  }
  return differing.length > 0 ? Math.min(...differing) : undefined;
}

function whatIsAmiss({ node, status, isInSync }: NodeHealth): string[] {
  if (!status) return [`${node} is unreachable`];
  if (status.problem !== null) return [`${node} is ${status.state}: ${status.problem}`];
  return isInSync ? [] : [`${node} is behind`];
}

/** As the node that is furthest has it. */
function fewerCopies(statuses: readonly NodeStatus[]): string[] {
  const [first] = statuses.toSorted((a, b) => b.frame - a.frame);
  if (!first || first.copies >= first.copies_wanted) return [];
  return [`a message is acknowledged with ${first.copies} of ${first.copies_wanted} copies`];
}

function waiting(statuses: readonly NodeStatus[]): string[] {
  const awaited = [...new Set(statuses.flatMap(({ waits_for }) => waits_for))].sort(byNumber);
  if (awaited.length === 0) return [];
  const names = awaited.join(', ');
  return [
    `the stream is gone, and only ${names} can say what it held: start what is down, or, if it is lost for good, \`verbatim give-up ${awaited.join(' ')}\``,
  ];
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
