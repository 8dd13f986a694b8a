/** What each fault does, and how it is put right when its time is over. */
import { Frame } from '../events/frame.ts';
import type { Copy } from '../replication/copy.ts';
import type { Refusing } from './disk.ts';
import type { Fault, Target } from './faults.ts';
import { cuttable, reasonToSpare } from './limits.ts';
import type { SimulatedNode } from './node.ts';
import type { SeededRandom } from './random.ts';
import type { SimulatedUser } from './user.ts';
import type { World } from './world.ts';

export interface Stage {
  readonly world: World;
  readonly random: SeededRandom;
  /** Whom a fault with a target hits, if there is such a node. */
  readonly node: SimulatedNode | undefined;
}

/** Puts right again what a fault did. */
export type Undo = () => void;

type NodeFault = Extract<Fault, { target: Target }>;
type ClientFault = Extract<Fault, { kind: `${string}-client` }>;

const endsByItself: Undo = () => undefined;

export function strike(fault: Fault, stage: Stage): Undo {
  if ('target' in fault) return stage.node ? strikeNode(fault, stage.node, stage) : endsByItself;
  return strikeWorld(fault, stage);
}

function strikeNode(fault: NodeFault, node: SimulatedNode, { world, random }: Stage): Undo {
  const { wire, process, disk } = node;
  switch (fault.kind) {
    case 'kill':
      node.kill(fault.power);
      return () => node.start();
    case 'stop':
      void node.stop().then(() => world.isHealed && node.start());
      return () => node.start();
    case 'wipe':
      node.wipe();
      return () => node.start();
    case 'pause':
      process?.pause();
      return () => process?.resume();
    case 'sever':
      wire?.sever(fault.forMs);
      return endsByItself;
    case 'block':
      wire?.block(fault.forMs);
      return endsByItself;
    case 'slow-network':
      return slow(wire, fault.factor);
    case 'slow-disk':
      return slow(disk, fault.factor);
    case 'disk-full':
      return refuseWrites(node, world, 'no space left on device');
    case 'disk-read-only':
      return refuseWrites(node, world, 'read-only file system');
    case 'rot':
      world.watch.excuse(node.id, 'rotten');
      void disk.decay(fault.what, random).then((hit) => world.trace.note(node.id, `lost to rot: ${hit}`));
      return endsByItself;
    case 'wrong-fold':
      return foldWrongly(fault, node, world);
    case 'wall-jump':
      process?.jumpWallClock(fault.byMs);
      return endsByItself;
    case 'stuck-consumer':
      world.stickConsumers(node);
      return endsByItself;
    default:
      return fault satisfies never;
  }
}

function strikeWorld(fault: Exclude<Fault, NodeFault>, stage: Stage): Undo {
  const { broker, trouble, timeline } = stage.world;
  switch (fault.kind) {
    case 'append-trouble':
      trouble.chance = fault.chance;
      return () => {
        trouble.chance = 0;
      };
    case 'hung-stream':
      trouble.hungUntilMs = timeline.nowMs + fault.forMs;
      return endsByItself;
    case 'server-restart':
      broker.stop();
      return () => broker.start();
    case 'stream-lost':
      if (fault.restart) broker.stop();
      broker.loseStreams();
      return () => broker.start();
    case 'stream-hidden':
      return hideStreams(stage);
    case 'stream-cut':
      return cut(fault.entries, stage);
    case 'blackout':
      return darken(fault.streamLost, stage);
    default:
      return strikeClient(fault, stage);
  }
}

function strikeClient({ kind, forMs }: ClientFault, { world, random }: Stage): Undo {
  const user = random.pick(world.users as [SimulatedUser]);
  const { process, wire } = user;
  switch (kind) {
    case 'kill-client':
      user.kill();
      return () => user.start();
    case 'pause-client':
      process?.pause();
      return () => process?.resume();
    case 'sever-client':
      wire?.sever(forMs);
      return endsByItself;
    case 'block-client':
      wire?.block(forMs);
      return endsByItself;
    default:
      return kind satisfies never;
  }
}

/** It may be a while until something is folded: what is to be spared is asked again then. */
function foldWrongly(fault: NodeFault, node: SimulatedNode, world: World): Undo {
  const isSpared = () => reasonToSpare(world, fault, node) !== undefined;
  if (node.copy) foldWronglyOnce(node.copy, isSpared, () => world.watch.excuse(node.id, 'folded wrongly'));
  return endsByItself;
}

/**
 * With the next rows that are folded comes one that no event tells of. Nothing reads it, so that a leader which has it
 * decides as others would: what it would decide upon wrong rows stands in the log and is nobody's broken promise.
 */
export function foldWronglyOnce({ rows }: Copy, isSpared: () => boolean, folded: () => void): void {
  const absorb = rows.absorb.bind(rows);
  rows.absorb = (layer) => {
    if (layer.changed.size === 0 || isSpared()) return absorb(layer);
    rows.absorb = absorb;
    folded();
    layer.put('ghost', {});
    return absorb(layer);
  };
}

function refuseWrites({ id, disk }: SimulatedNode, { watch }: World, refusing: Refusing): Undo {
  disk.refusing = refusing;
  watch.excuse(id, refusing);
  return () => {
    disk.refusing = undefined;
  };
}

/** The server comes back with an empty disk; later it is stopped once more and gets the right one back. */
function hideStreams({ world }: Stage): Undo {
  const { broker } = world;
  if (world.isStreamHidden) return endsByItself;
  broker.stop();
  const hidden = broker.exchangeStreams(new Map());
  broker.start();
  world.isStreamHidden = true;
  return () => {
    world.isStreamHidden = false;
    if (world.isHealed) return;
    broker.stop();
    broker.exchangeStreams(hidden);
    broker.start();
  };
}

function cut(entries: number, { world }: Stage): Undo {
  const { broker, stream, watch } = world;
  const count = cuttable(world, entries);
  if (!stream || count === 0) return endsByItself;
  broker.stop();
  watch.cutOff(stream.cut(count).map((bytes) => Frame.decode(bytes)));
  return () => broker.start();
}

function darken(isStreamLost: boolean, { world }: Stage): Undo {
  const { broker, nodes } = world;
  broker.stop();
  if (isStreamLost) broker.loseStreams();
  for (const node of nodes) node.kill(true);
  return () => {
    broker.start();
    for (const node of nodes) node.start();
  };
}

function slow(part: { slowness: number } | undefined, factor: number): Undo {
  if (!part) return endsByItself;
  part.slowness = factor;
  return () => {
    part.slowness = 1;
  };
}
