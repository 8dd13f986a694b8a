/** What becomes of a copy when the log it follows becomes another one. */
import { beforeEach, describe, expect, it } from 'vitest';
import { emptyTail, tailOf } from '../../../src/replication/tail.ts';
import { ControlledStore } from '../../support/controlled-store.ts';
import { type Chain, chainOf, frameAfter } from '../../support/frame-chain.ts';
import { type Observed, openCopy, sequenceOf } from '../../support/open-copy.ts';
import { turn } from '../../support/turns.ts';
import { World } from '../../support/world.ts';

const quiet = { type: 'SessionQuieted', at: 1, data: { session: 's-1' } } as const;

let store: ControlledStore;
let chain: Chain;
let node: Observed;

beforeEach(async () => {
  const world = new World();
  for (const name of ['Alice', 'Bob', 'Carol', 'Dan', 'Eve']) world.register(name);
  chain = chainOf(world.commands, [1], 1_000);
  store = new ControlledStore();
  node = await openCopy(store);
});

async function read(upTo: number, committed = 0): Promise<void> {
  for (const frame of chain.frames.slice(node.copy.tail.number, upTo)) node.read(frame);
  node.copy.commitUpTo(committed);
  node.copy.flush();
  await node.copy.settled();
}

/** Whether a promise has come to its end by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.finally(() => {
    done = true;
  });
  await turn();
  return done;
}

describe('giving up the end of a copy', () => {
  it('leaves the frames up to there, rows and mark as they are, in memory and on the disk (P2)', async () => {
    await read(6, 3);
    const rows = await store.rangeRows({ from: '', to: '\uffff' });
    await node.copy.truncate(4);
    const tail = tailOf(chain.frames[3]!);
    expect([node.copy.tail, node.copy.stored, node.copy.mark]).toEqual([tail, tail, chain.marks[3]]);
    expect([node.copy.sequence, node.copy.tailSequence]).toEqual([0, 0]);
    expect([await store.last(), await store.read(5)]).toEqual([4, undefined]);
    expect(await store.rangeRows({ from: '', to: '\uffff' })).toEqual(rows);
    const again = (await openCopy(store)).copy;
    expect([again.tail, again.mark, again.sequence]).toEqual([tail, chain.marks[3], 0]);
  });

  it('goes on with other frames, as if the ones given up had never been (P2)', async () => {
    await read(6, 3);
    await node.copy.truncate(3);
    const other = frameAfter(node.copy.tail, [quiet]);
    expect(node.copy.read({ number: 1, bytes: other.bytes })).toBeDefined();
    node.copy.commitUpTo(4);
    node.copy.flush();
    await node.copy.settled();
    expect([node.copy.mark.number, node.committed.at(-1)!.hash]).toEqual([4, other.hash]);
    expect(await store.read(4)).toEqual(Buffer.from(other.bytes));
    expect(node.damage).toEqual([]);
  });

  it('forgets what was announced beyond: the next frames there are others (P2)', async () => {
    await read(6, 3);
    node.copy.announce(chain.marks[6]!);
    await node.copy.truncate(3);
    for (let sequence = 1; sequence <= 4; sequence++)
      node.copy.read({ number: sequence, bytes: frameAfter(node.copy.tail, [quiet]).bytes });
    await node.copy.settled();
    expect(node.copy.mark.number).toBe(3);
    node.copy.commitUpTo(6);
    node.copy.flush();
    await node.copy.settled();
    expect([node.copy.mark.number, node.damage]).toEqual([6, []]);
  });

  it('gives up everything, where nothing is committed', async () => {
    await read(4);
    await node.copy.truncate(0);
    expect([node.copy.tail, node.copy.stored, await store.last()]).toEqual([emptyTail, emptyTail, 0]);
    await read(6, 6);
    expect(node.copy.mark).toEqual(chain.marks[6]);
  });

  it('never gives up what is committed (P1)', async () => {
    await read(6, 4);
    await expect(node.copy.truncate(3)).rejects.toThrow(RangeError);
    expect([node.copy.tail.number, await store.last()]).toEqual([6, 6]);
    await node.copy.truncate(4);
    expect(node.copy.tail.number).toBe(4);
  });

  it('never gives up what turns out to be committed while it waits for the disk (P1)', async () => {
    await read(3);
    store.hold();
    node.read(chain.frames[3]!);
    node.copy.commitUpTo(3);
    const truncated = expect(node.copy.truncate(1)).rejects.toThrow(RangeError);
    await turn();
    store.release();
    await truncated;
    expect([node.copy.tail.number, node.copy.mark.number]).toEqual([4, 3]);
  });

  // Marks are heard at any time: whoever writes rows for a frame that is just being removed has a mark beyond the end.
  it('moves no mark beyond the end that it is about to have (P1)', async () => {
    await read(6, 3);
    store.hold();
    const truncated = node.copy.truncate(4);
    await turn();
    node.copy.commitUpTo(6);
    node.copy.flush();
    store.release();
    await truncated;
    await node.copy.settled();
    expect(node.copy.mark.number).toBeLessThanOrEqual(4);
    expect(store.bookmark!.mark.number).toBeLessThanOrEqual(await store.last());
  });
});

describe('a copy is settled', () => {
  it('at once when nothing is to be written', async () => {
    expect(await isDone(node.copy.settled())).toBe(true);
  });

  it('when everything taken in is stored, not before (P1)', async () => {
    store.hold();
    for (const frame of chain.frames.slice(0, 3)) node.read(frame);
    const settled = node.copy.settled();
    expect(await isDone(settled)).toBe(false);
    store.release();
    await settled;
    expect([node.copy.stored.number, await store.last()]).toEqual([3, 3]);
  });

  it('when the rows of what is committed are written', async () => {
    await read(5);
    store.hold();
    node.copy.commitUpTo(4);
    node.copy.flush();
    const settled = node.copy.settled();
    expect(await isDone(settled)).toBe(false);
    store.release();
    await settled;
    expect(store.bookmark?.mark).toEqual(chain.marks[4]);
  });

  it('when nothing will be stored any more', async () => {
    store.hold();
    for (const frame of chain.frames.slice(0, 3)) node.read(frame);
    const settled = node.copy.settled();
    expect(await isDone(settled)).toBe(false);
    store.failWhen(() => true);
    store.release();
    await settled;
    expect(node.damage).toEqual([expect.stringContaining('no space left on the disk')]);
    expect(node.copy.stored.number).toBe(0);
  });
});

describe('writes are synced', () => {
  const syncedAfter = async (frames: number) => {
    store.synced.length = 0;
    await read(node.copy.tail.number + frames);
    return [...new Set(store.synced)];
  };

  it('from the moment that it is asked for until it is asked for no more (P1)', async () => {
    expect(await syncedAfter(1)).toEqual([false]);
    node.copy.syncWrites(true);
    expect(await syncedAfter(2)).toEqual([true]);
    store.crash();
    expect(await store.last()).toBe(3);
    node.copy.syncWrites(false);
    expect(await syncedAfter(1)).toEqual([false]);
  });

  it('always, where that was asked for at the start', async () => {
    node = await openCopy(store, { sync: true });
    node.copy.syncWrites(false);
    expect(await syncedAfter(2)).toEqual([true]);
  });
});

describe('frames ahead of the mark', () => {
  const ahead = async () => (await node.copy.ahead()).map(({ hash }) => hash);
  const hashes = (from: number, to: number) => chain.frames.slice(from, to).map(({ hash }) => hash);

  it('are none at first, and none when all is committed', async () => {
    expect(await ahead()).toEqual([]);
    await read(4, 4);
    expect(await ahead()).toEqual([]);
  });

  it('are those in memory, stored or not', async () => {
    await read(3, 2);
    store.hold();
    node.read(chain.frames[3]!);
    expect(await ahead()).toEqual(hashes(2, 4));
    store.release();
  });

  it('are read from the disk after a restart', async () => {
    await read(6, 2);
    node = await openCopy(store);
    expect(await ahead()).toEqual(hashes(2, 6));
    node.read(chain.frames[6]!);
    expect(await ahead()).toEqual(hashes(2, 7));
  });
});

describe('a copy that is abandoned', () => {
  it('takes in and writes nothing any more, and nobody waits for it', async () => {
    await read(3);
    store.hold();
    for (const frame of chain.frames.slice(3, 6)) node.read(frame);
    const waiting = Promise.all([node.copy.settled(), node.copy.roomy()]);
    void node.copy.abandon();
    await waiting;
    store.release();
    await turn();
    const { length } = store.batches;
    expect(node.read(chain.frames[6]!)).toBeUndefined();
    node.copy.commitUpTo(5);
    node.copy.flush();
    await turn();
    expect(store.batches).toHaveLength(length);
    expect(await store.last()).toBe(4); // what was being written
    expect(node.damage).toEqual([]);
  });
});

it('a new generation is read from its start', async () => {
  await read(3);
  expect([node.copy.sequence, node.copy.tailSequence]).toEqual([sequenceOf(3), sequenceOf(3)]);
  node.copy.beginGeneration();
  expect([node.copy.sequence, node.copy.tailSequence]).toEqual([0, 0]);
  node.copy.read({ number: 1, bytes: chain.frames[3]!.bytes });
  expect([node.copy.sequence, node.copy.tailSequence, node.copy.tail.number]).toEqual([1, 1, 4]);
});
