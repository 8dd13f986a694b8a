import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/events/frame.ts';
import { Follower, SeamBroken, verifySeam } from '../../../src/replication/follower.ts';
import { ControlledStore } from '../../support/controlled-store.ts';
import { chainOf, frameAfter } from '../../support/frame-chain.ts';
import { MemoryOrderedLog } from '../../support/memory-ordered-log.ts';
import { type Observed, openCopy } from '../../support/open-copy.ts';
import { turn } from '../../support/turns.ts';
import { World } from '../../support/world.ts';

const world = new World();
for (let index = 0; index < 200; index++) world.register(`user${index}`);
const { frames } = chainOf(world.commands, [1], 1_000);
const quiet = { type: 'SessionQuieted', at: 1, data: { session: 's-1' } } as const;

const forEver = () => new AbortController().signal;

let log: MemoryOrderedLog;
let store: ControlledStore;
let node: Observed;
let follower: Follower | undefined;
let read: Frame[];

beforeEach(async () => {
  log = new MemoryOrderedLog();
  store = new ControlledStore();
  node = await openCopy(store);
  read = [];
});

afterEach(() => follower?.stop());

async function append(...list: readonly Frame[]): Promise<void> {
  for (const { bytes } of list) await log.append(bytes, (await log.last()) + 1);
}

function follow(): Follower {
  follower = new Follower(log, node.copy, { read: (frame) => read.push(frame), lost: () => undefined });
  return follower;
}

describe('a follower', () => {
  it('reads what is there and what comes, and tells who waits for it', async () => {
    await append(...frames.slice(0, 3));
    const following = follow();
    await following.reached(3, forEver());
    expect(node.copy.tail.number).toBe(3);
    const reached = following.reached(5, forEver());
    await append(...frames.slice(3, 5));
    await reached;
    expect(read.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('goes on where the copy ends', async () => {
    await append(...frames.slice(0, 4));
    await follow().reached(4, forEver());
    follower?.stop();
    await turn();
    node = await openCopy(store);
    read = [];
    await append(...frames.slice(4, 6));
    await follow().reached(6, forEver());
    expect(read.map(({ number }) => number)).toEqual([5, 6]);
    expect(node.copy.tail.hash).toBe(frames[5]!.hash);
  });

  it('is not waited for any longer than one wants to wait', async () => {
    const aborter = new AbortController();
    const reached = follow().reached(1, aborter.signal);
    aborter.abort();
    await reached;
    expect(node.copy.tail.number).toBe(0);
  });

  it('leaves nothing behind on the signal of one who waited', async () => {
    await append(...frames);
    const { signal } = new AbortController();
    await follow().reached(frames.length, signal);
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
  });

  it('reads no faster than the disk writes', async () => {
    await append(...frames);
    store.hold();
    const following = follow();
    await turn();
    expect(node.copy.tail.number).toBeLessThanOrEqual(67);
    store.release();
    await following.reached(frames.length, forEver());
    await turn();
    expect(node.copy.stored.number).toBe(frames.length);
  });
});

describe('the seam between a copy and the log', () => {
  const seam = () => verifySeam(log, node.copy);

  async function readUpTo(number: number): Promise<void> {
    await follow().reached(number, forEver());
    follower?.stop();
  }

  it('holds when nothing was read yet, and when the log has what was read last', async () => {
    await expect(seam()).resolves.toBeUndefined();
    await append(...frames.slice(0, 5));
    await readUpTo(3);
    await expect(seam()).resolves.toBeUndefined();
  });

  it('is broken when the log ends before what was read (P1)', async () => {
    await append(...frames.slice(0, 3));
    await readUpTo(3);
    log = new MemoryOrderedLog();
    await append(...frames.slice(0, 2));
    await expect(seam()).rejects.toThrow(SeamBroken);
    await expect(seam()).rejects.toThrow('the stream ends before at sequence 3, where frame 3 was stored');
  });

  it('is broken when the log holds something else there (P2)', async () => {
    await append(...frames.slice(0, 3));
    await readUpTo(3);
    log = new MemoryOrderedLog();
    await append(...frames.slice(0, 2), frames[3]!);
    await expect(seam()).rejects.toThrow(
      'the stream holds something else at sequence 3, where frame 3 was stored',
    );
  });

  it('holds after an entry of an epoch that is over was ignored (P3)', async () => {
    await append(...frames.slice(0, 1));
    await readUpTo(1);
    const stale = frameAfter(node.copy.tail, [quiet]);
    await append(frames[1]!, frames[2]!, stale);
    await readUpTo(4);
    expect(node.damage).toEqual([]);
    expect(node.copy.tail.hash).toBe(frames[2]!.hash);
    await expect(seam()).resolves.toBeUndefined();
  });
});
