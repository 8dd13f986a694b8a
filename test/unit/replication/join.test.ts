import { beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/events/frame.ts';
import type { Copy } from '../../../src/replication/copy.ts';
import { serveFrames } from '../../../src/replication/fetch.ts';
import { SeamBroken } from '../../../src/replication/follower.ts';
import { declareComplete, findStream, prepareToFollow, tellCaughtUp } from '../../../src/replication/join.ts';
import { emptyTail } from '../../../src/replication/tail.ts';
import { ControlledStore } from '../../support/controlled-store.ts';
import {
  copyOf,
  electedFrame,
  firstGeneration,
  type HeldCopy,
  seededFrame,
  tailAfter,
} from '../../support/generations.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';
import { MemoryOrderedLogs } from '../../support/memory-ordered-logs.ts';
import { openCopy, silent } from '../../support/open-copy.ts';

const first = firstGeneration(6);
const seeded = seededFrame(tailAfter(first), 2);
const second = [seeded, electedFrame(tailAfter([seeded]))];

let logs: MemoryOrderedLogs;
let bus: MemoryBus;

beforeEach(() => {
  logs = new MemoryOrderedLogs();
  bus = new MemoryBus(new ManualClock());
});

async function stream(generation: number, frames: readonly Frame[]): Promise<void> {
  const log = (await logs.open(generation, true))!;
  for (const [index, { bytes }] of frames.entries()) await log.append(bytes, index + 1);
}

/** A copy that has read these frames from the stream of generation 1. */
async function reader(frames: readonly Frame[]): Promise<HeldCopy> {
  const store = new ControlledStore();
  const node = await openCopy(store);
  for (const [index, { bytes }] of frames.entries()) node.copy.read({ number: index + 1, bytes });
  await store.stand({ promised: 1, grantedTo: '', complete: true });
  await node.copy.settled();
  return { ...node, store };
}

const find = async (copy: Copy) => (await findStream({ logs, copy }))?.generation;

describe('the stream to follow', () => {
  it('is the newest', async () => {
    await stream(1, first);
    const node = await reader(first.slice(0, 3));
    expect(await find(node.copy)).toBe(1);
    await stream(2, second);
    expect(await find(node.copy)).toBe(2);
    expect(await find((await copyOf([])).copy)).toBe(2);
  });

  it.each([
    ['there is none', async () => undefined],
    ['nothing stands in it yet', () => stream(1, [])],
    ['it ends before what was stored from it (P1)', () => stream(1, first.slice(0, 4))],
  ])('is none when %s', async (_, prepare) => {
    await prepare();
    const node = await reader(first.slice(0, 5));
    expect(await find(node.copy)).toBeUndefined();
  });

  it('is none when it is gone (P1)', async () => {
    await stream(1, first);
    const node = await reader(first);
    logs.lose();
    expect(await find(node.copy)).toBeUndefined();
  });

  it('is none when something newer is in the copy (P3)', async () => {
    await stream(1, first);
    const node = await reader(first);
    node.copy.beginGeneration();
    node.copy.read({ number: 1, bytes: seeded.bytes });
    expect(await find(node.copy)).toBeUndefined();
  });

  it('is none when something newer was promised, also when the old one is back (P3)', async () => {
    await stream(1, first);
    const node = await reader(first);
    await node.store.stand({ promised: 3, grantedTo: 'n3', complete: true });
    expect(await find(node.copy)).toBeUndefined();
    await stream(2, second);
    expect(await find(node.copy)).toBeUndefined();
    await stream(3, second);
    expect(await find(node.copy)).toBe(3);
  });

  it('is the same one, however much was written meanwhile', async () => {
    await stream(1, first);
    for (const count of [1, 4, 6]) expect(await find((await reader(first.slice(0, count))).copy)).toBe(1);
  });
});

describe('before a stream is followed', () => {
  const { signal } = new AbortController();
  const prepare = async ({ copy }: HeldCopy, peers: string[] = []) =>
    await prepareToFollow((await findStream({ logs, copy }))!, { copy, bus, journal: silent, peers, signal });

  it('its generation is promised, and the seam verified (P3)', async () => {
    await stream(1, first);
    const node = await reader(first.slice(0, 4));
    await node.store.stand({ promised: 0, grantedTo: '', complete: true });
    await prepare(node);
    expect(node.store.standing).toEqual({ promised: 1, grantedTo: '', complete: true });
    expect(node.copy.tailSequence).toBe(4);
  });

  it('another stream under the same name is noticed (P2)', async () => {
    await stream(1, [...first.slice(0, 3), ...second, ...second]);
    const node = await reader(first.slice(0, 4));
    await expect(prepare(node)).rejects.toThrow(SeamBroken);
  });

  it('the copy is brought to where a newer generation begins (P2)', async () => {
    await stream(2, second);
    const serving = serveFrames(bus, 'n1', (await copyOf(first)).store);
    const node = await reader(first.slice(0, 2));
    await prepare(node, ['n1']);
    serving.stop();
    expect([node.copy.tail, node.copy.sequence]).toEqual([tailAfter(first), 0]);
    expect(node.store.standing.promised).toBe(2);
  });

  it('the promise comes first, whatever becomes of the rest (P3)', async () => {
    await stream(2, second);
    const node = await reader(first.slice(0, 2));
    await expect(prepare(node)).rejects.toThrow('nobody is there');
    expect(node.store.standing.promised).toBe(2);
  });
});

it('a copy that has caught up is complete, and what it promised stays', async () => {
  const { copy, store } = await copyOf(first, { complete: false });
  await store.stand({ promised: 4, grantedTo: 'n3', complete: false });
  await declareComplete(copy);
  expect(store.standing).toEqual({ promised: 4, grantedTo: 'n3', complete: true });
});

describe('what is said of it', () => {
  const toldOf = (from: number, to: number) => {
    const told: string[] = [];
    const journal = { notice: (line: string) => void told.push(line), detail: () => undefined };
    const at = (number: number) => ({ ...emptyTail, number, position: 2 * number });
    tellCaughtUp(at(from), at(to), journal);
    return told;
  };

  it('is nothing where a moment was missed', () => {
    expect(toldOf(100, 110)).toEqual([]);
    expect(toldOf(0, 3)).toEqual([]);
  });

  it('is how much was missed, and whether all of it', () => {
    expect(toldOf(100, 150)).toEqual(['caught up: 50 frames, up to position 300']);
    expect(toldOf(0, 150)).toEqual(['filled its empty copy: 150 frames, up to position 300']);
  });
});
