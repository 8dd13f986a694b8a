/** Frames of several generations, one upon the other, and the copies that nodes may have of them. */
import type { DomainEvent } from '../../src/events/domain.ts';
import type { Frame } from '../../src/events/frame.ts';
import type { Base } from '../../src/replication/fetch.ts';
import { emptyTail, type Tail, tailOf } from '../../src/replication/tail.ts';
import { ControlledStore } from './controlled-store.ts';
import { frameAfter } from './frame-chain.ts';
import { type Observed, openCopy } from './open-copy.ts';

export const members = ['n1', 'n2', 'n3'];
/** The mark in a frame's header, where it is none of a test's business. */
const noMark = { number: 0, state: '0'.repeat(64), version: 0 };

export function seededFrame(
  tail: Tail,
  generation: number,
  { copies = 2, minCopies = 1 }: { copies?: number; minCopies?: number } = {},
): Frame {
  const base = { number: tail.number, hash: tail.hash };
  const data = { generation, base, members: [...members], copies, minCopies };
  const epoch = tail.number === 0 ? 0 : tail.epoch + 1;
  return frameAfter(tail, [{ type: 'Seeded', at: 1_000, data }], { generation, epoch, mark: noMark });
}

export function electedFrame(tail: Tail, node = 'n1', copies = 2): Frame {
  const data = { node, members: [...members], copies };
  return frameAfter(tail, [{ type: 'LeaderElected', at: 1_000, data }], { mark: noMark });
}

/** Frames that say nothing of interest, each other than those of another `kind`. */
export function quietFrames(tail: Tail, count: number, kind = 's', sizeBytes = 0): Frame[] {
  const frames: Frame[] = [];
  for (let end = tail; frames.length < count; end = tailOf(frames.at(-1)!)) {
    const text = 'x'.repeat(sizeBytes);
    const event: DomainEvent = {
      type: 'MessagePosted',
      at: 1_000,
      data: { session: `${kind}-${frames.length}`, from: 'u-1', text },
    };
    frames.push(frameAfter(end, [event], { mark: noMark }));
  }
  return frames;
}

export const tailAfter = (frames: readonly Frame[]): Tail => {
  const last = frames.at(-1);
  return last ? tailOf(last) : emptyTail;
};

export const baseAfter = (frames: readonly Frame[]): Base => {
  const { number, hash } = tailAfter(frames);
  return { number, hash };
};

/** Generation 1: seeded, with a leader, and `count` frames in all. */
export function firstGeneration(count: number, sizeBytes = 0): Frame[] {
  const seeded = seededFrame(emptyTail, 1);
  const elected = electedFrame(tailOf(seeded));
  return [seeded, elected, ...quietFrames(tailOf(elected), count - 2, 's', sizeBytes)].slice(0, count);
}

export interface HeldCopy extends Observed {
  readonly store: ControlledStore;
}

/** A copy that has stored these frames, of which the first `committed` are committed. */
export async function copyOf(
  frames: readonly Frame[],
  { committed = 0, complete = true, promised = 1 } = {},
): Promise<HeldCopy> {
  const store = new ControlledStore();
  await store.stand({ promised: frames.length > 0 ? promised : 0, grantedTo: '', complete });
  const node = await openCopy(store);
  for (const { bytes, number } of frames) node.copy.read({ number, bytes });
  node.copy.commitUpTo(committed);
  node.copy.flush();
  await node.copy.settled();
  return { ...node, store };
}
