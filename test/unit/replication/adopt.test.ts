import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/events/frame.ts';
import { baseOf, Diverged, promiseAtLeast, reachBase } from '../../../src/replication/adopt.ts';
import { serveFrames, WrongPeer } from '../../../src/replication/fetch.ts';
import { subjects } from '../../../src/replication/messages.ts';
import { emptyTail } from '../../../src/replication/tail.ts';
import {
  baseAfter,
  copyOf,
  firstGeneration,
  type HeldCopy,
  quietFrames,
  seededFrame,
  tailAfter,
} from '../../support/generations.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';
import { MemoryOrderedLog } from '../../support/memory-ordered-log.ts';
import { openCopy, silent } from '../../support/open-copy.ts';

const base = firstGeneration(20);
/** Shares the first ten frames with the base. */
const branch = [...base.slice(0, 10), ...quietFrames(tailAfter(base.slice(0, 10)), 15, 'other')];
const beyond = [...base, ...quietFrames(tailAfter(base), 5, 'lost')];

let clock: ManualClock;
let bus: MemoryBus;
let serving: { stop(): void }[];
let aborter: AbortController;

beforeEach(() => {
  clock = new ManualClock();
  bus = new MemoryBus(clock);
  serving = [];
  aborter = new AbortController();
});

afterEach(() => {
  for (const each of serving) each.stop();
});

async function serve(peer: string, frames: readonly Frame[]): Promise<void> {
  serving.push(serveFrames(bus, peer, (await copyOf(frames)).store));
}

const reach = ({ copy }: HeldCopy, peers: string[] = [], frames: readonly Frame[] = base) =>
  reachBase(baseAfter(frames), { copy, bus, journal: silent, peers, signal: aborter.signal });

/** The copy ends with the base, in memory and on its disk, and goes on from there with the new generation. */
async function expectAtBase(node: HeldCopy, frames: readonly Frame[] = base): Promise<void> {
  const tail = tailAfter(frames);
  expect(node.copy.tail).toEqual(tail);
  expect(node.copy.stored).toEqual(tail);
  expect([node.copy.sequence, node.copy.tailSequence]).toEqual([0, 0]);
  expect(await node.store.last()).toBe(tail.number);
  for (const frame of frames) expect(await node.store.read(frame.number)).toEqual(Buffer.from(frame.bytes));
  const seeded = seededFrame(tail, 2);
  expect(node.copy.read({ number: 1, bytes: seeded.bytes })).toBeDefined();
  await node.copy.settled();
  expect(node.damage).toEqual([]);
  const again = await openCopy(node.store);
  expect([again.copy.tail.hash, again.copy.tailSequence]).toEqual([seeded.hash, 1]);
}

describe('a copy reaches the base of a generation', () => {
  it('at once, when it ends there', async () => {
    const node = await copyOf(base, { committed: 18 });
    await reach(node);
    expect(bus.asked).toEqual([]);
    await expectAtBase(node);
  });

  it('when there is none: nothing was ever there', async () => {
    const node = await copyOf([]);
    await reach(node, [], []);
    expect([node.copy.tail, node.copy.sequence]).toEqual([emptyTail, 0]);
  });

  it.each([0, 3, 12])('with what a peer has, when it is behind, at frame %s (P1)', async (has) => {
    await serve('n1', base);
    const node = await copyOf(base.slice(0, has), { committed: has });
    await reach(node, ['n1']);
    await expectAtBase(node);
  });

  it('without what it has beyond, which was never committed (P2)', async () => {
    const node = await copyOf(beyond, { committed: 20 });
    await reach(node);
    await expectAtBase(node);
    expect(node.copy.mark.number).toBe(20);
  });

  it('of nothing, without frames of a founding that came to nothing', async () => {
    const node = await copyOf(base.slice(0, 1));
    await reach(node, [], []);
    expect([node.copy.tail, await node.store.last()]).toEqual([emptyTail, 0]);
  });

  it('from another branch above its mark (P2)', async () => {
    await serve('n1', base);
    const node = await copyOf(branch, { committed: 10 });
    await reach(node, ['n1']);
    await expectAtBase(node);
    expect(node.copy.mark.number).toBe(10);
  });

  it('from a shorter other branch, of which only what was not committed is given up (P1, P2)', async () => {
    await serve('n1', base);
    const node = await copyOf(branch.slice(0, 15), { committed: 10 });
    await reach(node, ['n1']);
    await expectAtBase(node);
  });

  it('from the first of its peers that has it', async () => {
    await serve('n1', branch);
    await serve('n3', base);
    const node = await copyOf(base.slice(0, 10), { committed: 10 });
    await expect(reach(node, ['nobody', 'n1'])).rejects.toThrow(WrongPeer);
    await reach(node, ['nobody', 'n3', 'n1']);
    await expectAtBase(node);
  });

  it('also when it was interrupted before', async () => {
    const node = await copyOf([]);
    await serve('n1', base.slice(0, 12));
    await expect(reach(node, ['n1'])).rejects.toThrow('n1 has no frame 13');
    await serve('n3', base);
    await reach(node, ['n3']);
    await expectAtBase(node);
  });

  it('after a restart in the midst of it', async () => {
    await serve('n1', base);
    const before = await copyOf(base.slice(0, 7), { committed: 5 });
    const node = { ...(await openCopy(before.store)), store: before.store };
    await reach(node, ['n1']);
    await expectAtBase(node);
  });

  it('not without a peer, and says so', async () => {
    const node = await copyOf(base.slice(0, 5), { committed: 5 });
    await expect(reach(node)).rejects.toThrow('nobody is there to copy frames up to 20 from');
    expect(node.copy.tail.number).toBe(5);
  });

  it('not when it is given up: it changes nothing any more, and begins no generation', async () => {
    const node = await copyOf(base.slice(0, 5), { committed: 5 });
    serving.push(bus.subscribe(subjects.frames('n1'), () => aborter.abort()));
    const given = reach(node, ['n1']).then(
      () => 'reached',
      () => 'given up',
    );
    await clock.advance(5_000);
    expect(await given).toBe('given up');
    expect([node.copy.tail.number, node.copy.tailSequence]).toEqual([5, 5]);
  });
});

describe('a copy whose committed frames are not those of the base has diverged (P2)', () => {
  it('when more is committed than the base has', async () => {
    const node = await copyOf(beyond, { committed: 21 });
    await expect(reach(node)).rejects.toThrow(Diverged);
    expect(node.copy.tail.number).toBe(25);
  });

  it('when the last committed frame is another one', async () => {
    const node = await copyOf(branch, { committed: 20 });
    await expect(reach(node)).rejects.toThrow('frame 20 is committed, the stream builds on another');
    expect(node.copy.tail.number).toBe(25);
  });

  // It asks again and again instead: no peer's frames ever continue what it has.
  it('when an earlier committed frame is another one', async () => {
    await serve('n1', base);
    const node = await copyOf(branch, { committed: 15 });
    await reach(node, ['n1']).catch(() => undefined);
    await expect(reach(node, ['n1'])).rejects.toThrow(Diverged);
  });
});

describe('what a node has acknowledged (P1)', () => {
  // Frames above its own mark may be committed: it is only that nobody has told this node.
  it.each(['nobody', 'n1'])('is not given up because a peer does not answer: %s', async (peer) => {
    if (peer === 'n1') serving.push(bus.subscribe(subjects.frames('n1'), () => undefined));
    const node = await copyOf(base.slice(0, 15), { committed: 5 });
    const failed = expect(reach(node, [peer])).rejects.toThrow();
    await clock.advance(5_000);
    await failed;
    const { complete } = node.store.standing;
    expect(node.copy.tail.number === 15 || !complete).toBe(true);
  });
});

describe('the base of a stream', () => {
  it('is what its first frame says, and unknown before there is one', async () => {
    const log = new MemoryOrderedLog();
    expect(await baseOf(log)).toBeUndefined();
    await log.append(seededFrame(tailAfter(base), 2).bytes, 1);
    expect(await baseOf(log)).toEqual(baseAfter(base));
  });

  it('is unknown where the first frame is none that seeds', async () => {
    const log = new MemoryOrderedLog();
    await log.append(base[4]!.bytes, 1);
    expect(await baseOf(log)).toBeUndefined();
  });
});

describe('joining a generation', () => {
  it('is a promise, kept through a loss of power (P3)', async () => {
    const { copy, store } = await copyOf(base);
    await promiseAtLeast(copy, 3);
    store.crash(true);
    expect(store.standing).toEqual({ promised: 3, grantedTo: '', complete: true });
  });

  it('takes back nothing that was promised to somebody', async () => {
    const { copy, store } = await copyOf(base);
    await store.stand({ promised: 4, grantedTo: 'n3', complete: true });
    for (const generation of [3, 4]) await promiseAtLeast(copy, generation);
    expect(store.standing).toEqual({ promised: 4, grantedTo: 'n3', complete: true });
  });
});
