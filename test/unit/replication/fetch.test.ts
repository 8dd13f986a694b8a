import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/events/frame.ts';
import { NoAnswer, NobodyThere } from '../../../src/ports/bus.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import { fetchUpTo, serveFrames, WrongPeer } from '../../../src/replication/fetch.ts';
import { subjects } from '../../../src/replication/messages.ts';
import {
  baseAfter,
  copyOf,
  firstGeneration,
  type HeldCopy,
  quietFrames,
  tailAfter,
} from '../../support/generations.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';
import { silent } from '../../support/open-copy.ts';

const frames = firstGeneration(40);
const large = firstGeneration(12, 200_000);

let clock: ManualClock;
let bus: MemoryBus;
let node: HeldCopy;
let serving: { stop(): void }[];
let aborter: AbortController;

beforeEach(async () => {
  clock = new ManualClock();
  bus = new MemoryBus(clock);
  node = await copyOf([]);
  serving = [];
  aborter = new AbortController();
});

afterEach(() => {
  for (const each of serving) each.stop();
});

async function serve(peer: string, list: readonly Frame[]): Promise<void> {
  serving.push(serveFrames(bus, peer, (await copyOf(list)).store));
}

const fetch = (list: readonly Frame[], peer = 'n1', journal: Journal = silent) =>
  fetchUpTo(baseAfter(list), { copy: node.copy, bus, journal, peer, signal: aborter.signal });

const held = async () => {
  const hashes: string[] = [];
  for await (const { bytes } of node.store.range(1)) hashes.push(Buffer.from(bytes).toString('base64'));
  return hashes;
};
const bytesOf = (list: readonly Frame[]) => list.map(({ bytes }) => Buffer.from(bytes).toString('base64'));

describe('frames from a peer', () => {
  it('are those that are missing, up to where it was asked for, and stored when they are there (P2)', async () => {
    await serve('n1', frames);
    await fetch(frames.slice(0, 30));
    expect(await held()).toEqual(bytesOf(frames.slice(0, 30)));
    await fetch(frames);
    expect(await held()).toEqual(bytesOf(frames));
    expect(node.copy.tail).toEqual(tailAfter(frames));
    expect([node.copy.sequence, node.store.bookmark?.sequence]).toEqual([0, 0]);
  });

  it('come in as many answers as are needed, each smaller than a message may be', async () => {
    const sizes: number[] = [];
    await serve('n1', large);
    const request = bus.request.bind(bus);
    bus.request = async (...asked) => {
      const answer = await request(...asked);
      sizes.push(answer.length);
      return answer;
    };
    await fetch(large);
    expect(await held()).toEqual(bytesOf(large));
    expect(sizes).toHaveLength(3);
    for (const size of sizes) expect(size).toBeLessThan(1024 * 1024);
  });

  it('are not asked for when there is nothing to ask', async () => {
    node = await copyOf(frames);
    await fetch(frames, 'nobody');
    expect(bus.asked).toEqual([]);
  });

  it('are told of, now and then, when there are many', async () => {
    const lines: string[] = [];
    const journal: Journal = { ...silent, notice: (line) => void lines.push(line) };
    await serve('n1', large);
    await fetch(large, 'n1', journal);
    expect(lines).toEqual([
      'copied 6 of 12 frames from n1',
      'copied 10 of 12 frames from n1',
      'copied 12 of 12 frames from n1',
    ]);
  });
});

describe('a peer is not believed (P2)', () => {
  const fork = [...frames.slice(0, 10), ...quietFrames(tailAfter(frames.slice(0, 10)), 30, 'other')];

  it('when its frames do not continue the chain; nothing of them is taken', async () => {
    node = await copyOf(frames.slice(0, 20));
    await serve('n1', fork);
    await expect(fetch(frames)).rejects.toThrow(WrongPeer);
    expect(await held()).toEqual(bytesOf(frames.slice(0, 20)));
    expect(node.damage).toEqual([]);
  });

  it('when it ends in another frame than the one asked for', async () => {
    await serve('n1', fork);
    await expect(fetch(frames)).rejects.toThrow('n1 has another frame 40');
  });

  it('when it has less; what fits is kept for the next attempt', async () => {
    await serve('n1', frames.slice(0, 25));
    await expect(fetch(frames)).rejects.toThrow('n1 has no frame 26');
    expect(node.copy.tail.number).toBe(25);
    await serve('n3', frames);
    await fetch(frames, 'n3');
    expect(node.copy.tail.hash).toBe(tailAfter(frames).hash);
  });

  it('when it answers with something else', async () => {
    serving.push(bus.subscribe(subjects.frames('n1'), (message) => message.respond('no frames at all')));
    await expect(fetch(frames)).rejects.toThrow();
    expect(node.copy.tail.number).toBe(0);
    expect(node.damage).toEqual([]);
  });

  it('when it is not there, or does not answer within five seconds', async () => {
    await expect(fetch(frames)).rejects.toThrow(NobodyThere);
    serving.push(bus.subscribe(subjects.frames('n1'), () => undefined));
    const failed = expect(fetch(frames)).rejects.toThrow(NoAnswer);
    await clock.advance(5_000);
    await failed;
  });
});

describe('fetching', () => {
  it('stops when it is given up, and keeps what came', async () => {
    await serve('n1', large);
    const request = bus.request.bind(bus);
    bus.request = async (...asked) => {
      const answer = await request(...asked);
      if (bus.asked.length === 2) aborter.abort();
      return answer;
    };
    await fetch(large).catch(() => undefined);
    await node.copy.settled();
    expect(bus.asked).toHaveLength(2);
    const { number } = node.copy.tail;
    expect(number).toBeGreaterThanOrEqual(4);
    expect(number).toBeLessThan(large.length);
    expect(await held()).toEqual(bytesOf(large.slice(0, number)));
  });

  it('takes no more than the disk does (P1)', async () => {
    const many = firstGeneration(300, 10_000);
    await serve('n1', many);
    node.store.hold();
    const fetched = fetch(many);
    for (let waited = 0; waited < 20; waited++) await clock.advance(10);
    expect(bus.asked).toHaveLength(1);
    node.store.release();
    await fetched;
    expect(node.copy.stored.number).toBe(300);
  });
});

describe('a node that is asked for frames', () => {
  it('answers what it has, the first even if it is larger than an answer', async () => {
    await serve('n1', frames.slice(0, 5));
    const ask = (request: object) => bus.request(subjects.frames('n1'), JSON.stringify(request), 1_000);
    expect((await ask({ from: 6, to: 9 })).length).toBe(0);
    expect((await ask({ from: 3, to: 2 })).length).toBe(0);
    const [answer, frame] = [await ask({ from: 2, to: 2 }), frames[1]!];
    expect(answer.subarray(4)).toEqual(Buffer.from(frame.bytes));
  });

  it.each(['', 'null', '{}', '{"from":0,"to":3}', '{"from":1,"to":"2"}', '{"from":1,"to":2,"x":1}'])(
    'does not answer %j (P10)',
    async (request) => {
      await serve('n1', frames);
      const failed = expect(bus.request(subjects.frames('n1'), request, 1_000)).rejects.toThrow(NoAnswer);
      await clock.advance(1_000);
      await failed;
    },
  );
});
