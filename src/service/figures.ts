/** A node as numbers, at the moment it is asked. */
import type { NodeFigures } from '../ports/metrics.ts';
import { clusterTable } from '../projections/tables.ts';
import type { Replica } from '../replication/replica.ts';

export interface FiguresOptions {
  readonly isReady: boolean;
  readonly clients: number;
  lagOf(position: number): number | undefined;
}

export type FiguredNode = Pick<Replica, 'id' | 'role' | 'leader' | 'state' | 'openCopy'>;

/** What a node does, as others may rely on it: a leader whose election is not committed is still a candidate. */
export function roleOf({
  id,
  role,
  leader,
}: Pick<FiguredNode, 'id' | 'role' | 'leader'>): NodeFigures['role'] {
  return role === 'leader' && leader.leader !== id ? 'candidate' : role;
}

/** @param replica undefined before there is one. */
export function figuresOf(
  replica: FiguredNode | undefined,
  { isReady, clients, lagOf }: FiguresOptions,
): NodeFigures {
  if (!replica) return { role: 'other', isReady, isFrozen: false, clients };
  const known = { role: roleOf(replica), isReady, isFrozen: replica.state === 'frozen', clients };
  const copy = replica.openCopy;
  if (!copy) return known;
  const { stored, mark } = copy;
  const lag = lagOf(mark.position);
  const cluster = clusterTable.get(copy.rows);
  return {
    ...known,
    generation: stored.generation,
    epoch: stored.epoch,
    storedFrame: stored.number,
    committedFrame: mark.number,
    committedPosition: mark.position,
    ...(lag === undefined ? {} : { lagEvents: lag }),
    ...(cluster ? { copiesWanted: cluster.wanted, copiesInEffect: cluster.copies } : {}),
  };
}
