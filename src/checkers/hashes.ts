/**
 * State hashes (P2): nodes that have folded the same frames have the same rows.
 *
 * A hash says nothing by itself; two of the same frame that differ say that one of two nodes is wrong. Hashes of
 * different versions of the projections are of different rows and are not compared.
 */
import { groupBy } from './grouping.ts';
import { type Violation, violation } from './violation.ts';

/** A node's state hash after a frame. */
export interface StateAt {
  readonly frame: number;
  readonly version: number;
  readonly state: string;
}

interface Hashing {
  readonly node: string;
  readonly hashes: readonly StateAt[];
}

export function checkHashes(nodes: readonly Hashing[]): Violation[] {
  const said = nodes.flatMap(({ node, hashes }) => hashes.map((at) => ({ node, ...at })));
  const byFrame = groupBy(said, ({ frame, version }) => `${frame} ${version}`);
  return [...byFrame.values()].flatMap((all) => {
    const [first] = all;
    const other = all.find(({ state }) => state !== first?.state);
    if (!first || !other) return [];
    const who =
      first.node === other.node ? `${first.node} has two states` : `${first.node} and ${other.node} differ`;
    return violation('P2', `${who} at frame ${first.frame}`, first, other);
  });
}
