/**
 * How many copies make a commit, when nodes die and come back.
 *
 * Waiting for a dead node would stop the cluster; not waiting for a slow one would be a promise broken by the next
 * death. So the number stands in the log: who leads lowers it when too few members keep up, never below the fewest
 * that was agreed on, and raises it again when enough do. A member keeps up when it was heard within the last second
 * and holds what was stored a second ago.
 */
import { foldCluster } from '../projections/cluster.ts';
import { Layer } from '../projections/rows.ts';
import { storedEvents } from '../projections/stored.ts';
import { type Cluster, clusterTable } from '../projections/tables.ts';
import type { Copy } from './copy.ts';

/** A node that is silent for so long counts as dead. */
export const deadAfterMs = 1_000;

type Counts = Pick<Cluster, 'copies' | 'wanted' | 'minCopies'>;

/** @param keepingUp how many members can be counted on, oneself among them. */
export function copiesWithin({ copies, wanted, minCopies }: Counts, keepingUp: number): number {
  if (keepingUp < copies) return Math.max(minCopies, keepingUp);
  return Math.max(copies, Math.min(wanted, keepingUp));
}

/** A candidate only lowers: whether others keep up it will learn when it leads. */
export function copiesOfCandidate(cluster: Counts, alive: number): number {
  return Math.min(cluster.copies, copiesWithin(cluster, alive));
}

/** The cluster as the copy's last frame leaves it, committed or not. Undefined for an empty copy. */
export async function clusterAtTail(copy: Copy): Promise<Cluster | undefined> {
  const layer = new Layer(copy.rows);
  for (const frame of await copy.ahead())
    for (const stored of storedEvents(frame)) foldCluster(layer, stored);
  return clusterTable.get(layer);
}

/** Remembers where the log's end was a second ago. */
export class RecentPast {
  readonly #noted: { readonly atMs: number; readonly number: number }[] = [];

  /** @returns the number noted at least a second ago, 0 when nothing was. */
  note(number: number, nowMs: number): number {
    const then = nowMs - deadAfterMs;
    this.#noted.push({ atMs: nowMs, number });
    while (this.#noted[1] && this.#noted[1].atMs <= then) this.#noted.shift();
    const [oldest] = this.#noted;
    return oldest && oldest.atMs <= then ? oldest.number : 0;
  }
}
