/**
 * What is more than is promised, and therefore never done to a world: losing everything that held a word.
 *
 * Every rule here is a limit of the design. Whoever mends one of them in the product takes its rule out.
 */
import { frameHash } from '../events/frame.ts';
import type { Fault } from './faults.ts';
import type { SimulatedNode } from './node.ts';
import type { World } from './world.ts';

/** One node's copy is lost, or has to be. */
const losesCopy: ReadonlySet<Fault['kind']> = new Set(['wipe', 'rot', 'wrong-fold']);

/** A process that has set its copy aside so often believes that no copy helps. */
const setAsidesMax = 2;

/** @returns why a fault is spared. */
export function reasonToSpare(
  world: World,
  fault: Fault,
  node: SimulatedNode | undefined,
): string | undefined {
  const isLosingStream =
    fault.kind === 'stream-lost' ||
    fault.kind === 'stream-cut' ||
    fault.kind === 'stream-hidden' ||
    (fault.kind === 'blackout' && fault.streamLost);
  if ('target' in fault && isMending(world)) return 'the stream has lost what nodes hold';
  if (isLosingStream && !areSound(world)) return 'a copy is lost already, the stream is the other one';
  if (!losesCopy.has(fault.kind)) return undefined;
  if (!areSound(world) || !world.stream?.last) return 'another copy is lost already';
  // What a generation builds on may lie on its seeder alone until the others have copied it.
  if (world.nodes.some(({ copy }) => copy?.tail.generation !== world.broker.newest))
    return 'not all nodes have reached the newest generation';
  // Who pledged a newer generation never goes back: what the stream holds now will have to be heard from the nodes.
  if (world.nodes.some(({ disk }) => disk.contents.standing.promised > world.broker.newest))
    return 'a new generation is pledged, and the stream will be left';
  if (world.isStreamHidden) return 'the stream is lost, and what there is will be';
  if ((node?.setAsides ?? 0) >= setAsidesMax) return 'this process would take no new copy again';
  return undefined;
}

/**
 * Nodes hold what the stream has lost. The end of the stream and the one node that holds it, both lost at once, are
 * more than is promised: until a new generation was seeded, nodes are left alone.
 */
function isMending({ broker, stream, nodes }: World): boolean {
  const last = stream?.last ?? 0;
  return nodes.some(({ copy }) => copy?.tail.generation === broker.newest && copy.tailSequence > last);
}

/**
 * Every node has all that it ever acknowledged. A seeding needs to hear what all nodes hold (but for `minCopies` - 1 of
 * them), and who has lost something cannot say: with the stream gone as well, that takes an operator's word.
 */
function areSound({ nodes, watch }: World): boolean {
  return nodes.every(({ id, disk }) => disk.isSound && !watch.hasFoldedWrongly(id));
}

/**
 * How many of the last entries the server's disk may lose: any while all nodes are there to say what they hold. Else
 * only what no node that is there has read, and what too few have stored to be committed, or may store yet: a leader
 * that is paused will answer what others have acknowledged, whatever became of the stream meanwhile.
 */
export function cuttable(world: World, entries: number): number {
  const { stream, nodes, watch } = world;
  if (!stream) return 0;
  const there = nodes.filter(({ process, wire }) => process?.isRunning && wire?.isConnected);
  if (there.length === nodes.length) return entries;
  const read = Math.max(0, ...there.map(({ copy }) => copy?.tailSequence ?? Number.POSITIVE_INFINITY));
  let count = 0;
  while (count < entries && stream.last - count > Math.max(read, 1)) {
    const sequence = stream.last - count;
    const readers = nodes.filter(({ copy }) => copy && copy.tailSequence >= sequence).map(({ id }) => id);
    if (watch.isOnEnough(frameHash(stream.entries[sequence - 1]!), readers)) break;
    count += 1;
  }
  return count;
}
