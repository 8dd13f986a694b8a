/** Nodes as their replicas' own charts have them, which are told ten times as often as nodes are asked. Pure. */
import type { NodeRow } from './view.ts';

/** Instead of a state: it does not answer, or another one leads and it has not said that it knows. */
export const silent = 'silent';

export function replicaOf(node: string): string {
  return `${node}/replica`;
}

/** @param stateOf of an actor; undefined where it has not told. */
export function nodesNow(
  nodes: readonly NodeRow[],
  stateOf: (actor: string) => string | undefined,
): NodeRow[] {
  return nodes.map((row) => {
    const state = stateOf(replicaOf(row.node));
    if (state === undefined) return row;
    const role = roleIn(state);
    return role === null ? { ...row, state, role, lag: null, agrees: null } : { ...row, state, role };
  });
}

export function leaderOf(nodes: readonly NodeRow[]): string | null {
  return nodes.find(({ role }) => role === 'leader')?.node ?? null;
}

function roleIn(state: string): string | null {
  switch (state.split('.')[0]) {
    case silent:
      return null;
    case 'leading':
      return 'leader';
    case 'following':
      return 'follower';
    case 'campaigning':
      return 'candidate';
    default:
      return 'other';
  }
}
