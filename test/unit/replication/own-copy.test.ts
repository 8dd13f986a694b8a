import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/log/memory.ts';
import type { NodeStore, StorePlace } from '../../../src/log/port.ts';
import { OwnCopy } from '../../../src/replication/own-copy.ts';
import { type Chain, chainOf } from '../../support/frame-chain.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';
import { sequenceOf, silent } from '../../support/open-copy.ts';
import { turn } from '../../support/turns.ts';
import { World } from '../../support/world.ts';

const wrongState = 'e'.repeat(64);
const minuteMs = 60_000;

/** A place whose stores stay in memory. */
class MemoryPlace implements StorePlace {
  store = new MemoryStore();
  readonly kept: MemoryStore[] = [];
  /** Thrown where a scratch store is asked for. */
  trouble: Error | undefined;

  async open(): Promise<NodeStore> {
    return this.store;
  }

  async setAside(): Promise<string> {
    this.kept.push(this.store);
    this.store = new MemoryStore();
    return 'a drawer';
  }

  async withScratch<T>(use: (scratch: NodeStore) => Promise<T>): Promise<T> {
    if (this.trouble) throw this.trouble;
    return await use(new MemoryStore());
  }
}

let place: MemoryPlace;
let clock: ManualClock;
let chain: Chain;
let own: OwnCopy;
let damage: string[];
let notices: string[];

beforeEach(() => {
  const world = new World();
  for (const name of ['Alice', 'Bob', 'Carol', 'Dan']) world.register(name);
  chain = chainOf(world.commands, [1], 1_000);
  place = new MemoryPlace();
  clock = new ManualClock();
  damage = [];
  notices = [];
  own = new OwnCopy({
    id: 'n1',
    place,
    sync: false,
    bus: new MemoryBus(clock),
    clock,
    journal: { ...silent, notice: (line) => void notices.push(line) },
    seal: () => undefined,
    stored: () => undefined,
    damaged: (damaged, reason) => {
      damage.push(`${damaged}: ${reason}`);
      own.close();
    },
  });
});

/** Reads and commits frames up to `upTo`. */
async function followUpTo(upTo: number): Promise<void> {
  const { copy } = own.opened ?? (await own.open());
  for (const frame of chain.frames.slice(copy.tail.number, upTo))
    copy.read({ number: sequenceOf(frame.number), bytes: frame.bytes });
  copy.commitUpTo(upTo);
  copy.flush();
  await turn();
}

/** The leader says that the state at the present mark is another. */
function differ(): void {
  const { copy } = own.opened!;
  copy.announce({ ...copy.mark, state: wrongState });
}

describe('a copy whose state hash is not the leader’s', () => {
  it('stays when its frames fold into its rows, and stands by it in that office alone (P2)', async () => {
    await followUpTo(4);
    differ();
    expect(damage).toEqual([expect.stringMatching(/^state: the state hash at frame 4 is not the leader/)]);
    expect(own.opened).toBeUndefined();
    expect(await own.check()).toEqual({ isSound: true });
    expect(notices).toEqual([expect.stringContaining('is sound and stays')]);
    const { copy } = await own.open();
    expect(copy.mark).toEqual(chain.marks[4]);
    const { generation, epoch } = copy.tail;
    expect(copy.agreement.standsIn({ generation, epoch })).toBe(true);
    expect(copy.agreement.standsIn({ generation, epoch: epoch + 1 })).toBe(false);
    differ();
    await followUpTo(5);
    differ();
    expect(damage).toHaveLength(1);
    expect(place.kept).toEqual([]);
    expect(own.isConfirmed).toBe(false);
  });

  it.each<[string, (store: MemoryStore) => void]>([
    ['a row is another', (store) => store.rotRow('user/x', '{}')],
    ['a frame is another', (store) => store.rot(2, chain.frames[3]!.bytes)],
  ])('is found wrong when %s (P2)', async (_, spoil) => {
    await followUpTo(4);
    spoil(place.store);
    differ();
    expect(await own.check()).toMatchObject({ isSound: false });
  });

  it('is found wrong when rows and hash are wrong in the same way (P2)', async () => {
    await followUpTo(3);
    const { rows } = own.opened!.copy;
    const absorb = rows.absorb.bind(rows);
    rows.absorb = (layer) => {
      layer.put('ghost', {});
      return absorb(layer);
    };
    await followUpTo(4);
    own.opened!.copy.announce(chain.marks[4]!);
    expect(damage).toHaveLength(1);
    expect(await own.check()).toEqual({
      isSound: false,
      reason: 'the log folds into other rows than those kept',
    });
  });

  it('is not judged when it cannot be checked', async () => {
    await followUpTo(4);
    differ();
    place.trouble = new Error('no room');
    await expect(own.check()).rejects.toThrow('no room');
    place.trouble = undefined;
    expect(await own.check()).toEqual({ isSound: true });
  });
});

describe('a leader’s copy that a verified one contradicts', () => {
  it('is contradicted only at marks that it has passed, and of the same projections', async () => {
    await followUpTo(4);
    const { agreement, mark } = own.opened!.copy;
    expect(agreement.isContradictedBy({ ...mark, state: wrongState })).toBe(true);
    expect(agreement.isContradictedBy(mark)).toBe(false);
    expect(agreement.isContradictedBy({ ...mark, number: 5, state: wrongState })).toBe(false);
    expect(agreement.isContradictedBy({ ...mark, version: 99, state: wrongState })).toBe(false);
  });

  it('is not checked again for ten minutes once it was found sound', async () => {
    await followUpTo(4);
    own.opened!.copy.doubt('n2 has another state hash');
    expect(await own.check()).toEqual({ isSound: true });
    expect(own.isConfirmed).toBe(true);
    clock.pass(10 * minuteMs);
    expect(own.isConfirmed).toBe(false);
  });
});

describe('a copy that is damaged again and again', () => {
  async function breakDown(): Promise<void> {
    await followUpTo(2);
    own.opened!.copy.distrust('a hole');
    await own.setAside();
  }

  it('is replaced twice in quick succession, and not a third time', async () => {
    await breakDown();
    await breakDown();
    await expect(breakDown()).rejects.toThrow('damaged 3 times in quick succession');
    expect(place.kept).toHaveLength(2);
  });

  it('is replaced as often as it was complete for some minutes between', async () => {
    for (let count = 1; count <= 4; count++) {
      await followUpTo(2);
      own.joined();
      clock.pass(6 * minuteMs);
      await breakDown();
    }
    expect(place.kept).toHaveLength(4);
  });

  it('is not replaced a third time because catching up took long', async () => {
    await breakDown();
    await breakDown();
    await followUpTo(2);
    clock.pass(60 * minuteMs);
    own.joined();
    await expect(breakDown()).rejects.toThrow('in quick succession');
  });
});
