import { beforeEach, describe, expect, it } from 'vitest';
import { encodeEvent } from '../../../src/events/codec.ts';
import { Frame } from '../../../src/events/frame.ts';
import { tailOf } from '../../../src/replication/tail.ts';
import { ControlledStore } from '../../support/controlled-store.ts';
import { type Chain, chainOf, frameAfter } from '../../support/frame-chain.ts';
import { type Observed, openCopy } from '../../support/open-copy.ts';
import { turn } from '../../support/turns.ts';
import { World } from '../../support/world.ts';

const wrongState = 'e'.repeat(64);
const quiet = { type: 'SessionQuieted', at: 1, data: { session: 's-1' } } as const;

let store: ControlledStore;
let chain: Chain;
let node: Observed;

beforeEach(async () => {
  const world = new World();
  for (const name of ['Alice', 'Bob', 'Carol', 'Dan']) world.register(name);
  chain = chainOf(world.commands, [1], 1_000);
  store = new ControlledStore();
  node = await openCopy(store);
});

/** Reads frames 1 to `upTo` and waits until they are stored. */
async function readUpTo(upTo: number): Promise<void> {
  for (const frame of chain.frames.slice(node.copy.tail.number, upTo)) node.read(frame);
  await turn();
}

async function commitUpTo(number: number): Promise<void> {
  node.copy.commitUpTo(number);
  node.copy.flush();
  await turn();
}

/** Whatever comes now, the store must stay as it is. */
async function expectNothingWrittenAfter(): Promise<void> {
  const before = store.batches.length;
  for (const frame of chain.frames) {
    if (frame.number > node.copy.tail.number) node.read(frame);
  }
  await commitUpTo(chain.frames.length);
  await node.copy.roomy(); // nobody waits for a disk that is not written any more
  expect(store.batches).toHaveLength(before);
}

describe('a frame that does not fit', () => {
  it.each([
    ['does not continue the chain', { prev: wrongState }],
    ['follows frame 3', { number: 5 }],
    ['begins at position', { position: 99 }],
    ['which nobody was elected for', { epoch: 2 }],
  ])('is damage, in words: %s', async (words, header) => {
    await readUpTo(3);
    const misfit = frameAfter(node.copy.tail, [quiet], header);
    expect(node.read(misfit)).toBeUndefined();
    expect(node.read(misfit)).toBeUndefined(); // told once
    expect(node.damage).toEqual([expect.stringContaining(words)]);
    expect(node.copy.tail).toEqual(tailOf(chain.frames[2]!));
    await expectNothingWrittenAfter();
    expect(node.damage).toHaveLength(1);
  });

  it('is damage when it is no frame at all (P10)', async () => {
    await readUpTo(3);
    expect(() => node.copy.read({ number: 104, bytes: Buffer.from('no frame') })).not.toThrow();
    expect(node.damage).toEqual([expect.stringContaining('not JSON')]);
    await expectNothingWrittenAfter();
  });

  it('is damage when its last event is not understood (P10)', async () => {
    await readUpTo(3);
    const { header } = frameAfter(node.copy.tail, [quiet]);
    const unheard = Frame.encode(header, [encodeEvent(quiet).replace('SessionQuieted', 'SessionSung')]);
    expect(() => node.read(unheard)).not.toThrow();
    expect(node.damage).toEqual([expect.stringContaining('SessionSung')]);
  });

  it('is damage when an event in its middle is not understood, at the latest when it is committed (P10)', async () => {
    await readUpTo(3);
    const { header } = frameAfter(node.copy.tail, [quiet]);
    const line = encodeEvent({ ...quiet, at: node.copy.tail.at });
    node.read(Frame.encode(header, [line, line.replace('SessionQuieted', 'SessionSung'), line]));
    await commitUpTo(4);
    expect(node.damage).toEqual([expect.stringContaining('SessionSung')]);
    expect(node.copy.mark.number).toBeLessThan(4);
  });
});

describe('a frame that says nothing new', () => {
  it('is ignored when it is the last one once more', async () => {
    await readUpTo(3);
    expect(node.read(chain.frames[2]!)).toBeUndefined();
    expect(node.damage).toEqual([]);
    await readUpTo(4);
    expect(node.copy.stored.number).toBe(4);
  });

  it('is ignored when it is of an epoch that is over (P3)', async () => {
    await readUpTo(1);
    const stale = frameAfter(node.copy.tail, [quiet]);
    await readUpTo(3);
    expect(node.copy.read({ number: 104, bytes: stale.bytes })).toBeUndefined();
    expect(node.damage).toEqual([]);
    await readUpTo(4);
    expect(node.copy.stored.number).toBe(4);
    expect(await store.read(4)).toEqual(chain.frames[3]!.bytes);
  });
});

describe('a state hash that is not the leader’s (P2)', () => {
  it('is damage when the mark gets to it', async () => {
    await readUpTo(5);
    node.copy.announce({ ...chain.marks[4]!, state: wrongState });
    await commitUpTo(3);
    expect(node.damage).toEqual([]);
    await commitUpTo(4);
    expect(node.damage).toEqual(['the state hash at frame 4 is not the leader’s'.replace('’', "'")]);
    await expectNothingWrittenAfter();
  });

  it('is damage when the mark is there already', async () => {
    await readUpTo(5);
    await commitUpTo(4);
    node.copy.announce({ ...chain.marks[4]!, state: wrongState });
    expect(node.damage).toHaveLength(1);
    await expectNothingWrittenAfter();
  });

  it('is damage when a frame says so', async () => {
    await readUpTo(5);
    const { number, state, version } = { ...chain.marks[4]!, state: wrongState };
    node.read(frameAfter(node.copy.tail, [quiet], { mark: { number, state, version } }));
    await turn();
    expect(node.damage).toHaveLength(1);
  });

  it('says nothing when it is of other projections', async () => {
    await readUpTo(5);
    node.copy.announce({ ...chain.marks[4]!, state: wrongState, version: 0 });
    await commitUpTo(5);
    node.copy.announce({ ...chain.marks[5]!, state: wrongState, version: 99 });
    expect(node.damage).toEqual([]);
  });

  it('says nothing when it is of a mark long past', async () => {
    await readUpTo(5);
    await commitUpTo(5);
    node.copy.announce({ ...chain.marks[4]!, state: wrongState });
    expect(node.damage).toEqual([]);
  });

  it('is not seen where there is none: at the present mark, while the next batch is being written', async () => {
    await readUpTo(5);
    await commitUpTo(4);
    store.hold();
    await commitUpTo(5);
    node.copy.announce(chain.marks[4]!);
    expect(node.damage).toEqual([]);
    store.release();
    await turn();
    expect(node.copy.mark).toEqual(chain.marks[5]);
  });
});

describe('a disk that refuses a write (P1)', () => {
  it('is damage: what it was to store is neither stored nor committed, and nothing is written after', async () => {
    await readUpTo(3);
    store.failWhen(() => true);
    await readUpTo(4);
    expect(node.damage).toEqual([expect.stringContaining('no space left on the disk')]);
    expect(node.copy.stored.number).toBe(3);
    store.failWhen(undefined);
    await expectNothingWrittenAfter();
    expect(node.stored.map(({ number }) => number)).not.toContain(4);
    expect(node.committed).toEqual([]);
  });

  it('lets nobody wait for room any more', async () => {
    const world = new World();
    for (let index = 0; index < 80; index++) world.register(`user${index}`);
    store.hold();
    for (const frame of chainOf(world.commands, [1], 1_000).frames) node.read(frame);
    let isRoomy = false;
    const roomy = node.copy.roomy().then(() => {
      isRoomy = true;
    });
    await turn();
    expect(isRoomy).toBe(false);
    store.failWhen(() => true);
    store.release();
    await roomy;
    expect(node.damage).toHaveLength(1);
  });

  it('leaves a copy that goes on where it was when it is opened again', async () => {
    await readUpTo(3);
    await commitUpTo(2);
    store.failWhen(() => true);
    await readUpTo(6);
    await commitUpTo(4);
    store.failWhen(undefined);
    node = await openCopy(store);
    expect([node.copy.mark, node.copy.tail.number]).toEqual([chain.marks[2], 3]);
    await readUpTo(chain.frames.length);
    await commitUpTo(chain.frames.length);
    expect(await store.rangeRows({ from: '', to: '\uffff' })).toEqual(chain.rows);
    expect(node.damage).toEqual([]);
  });
});
