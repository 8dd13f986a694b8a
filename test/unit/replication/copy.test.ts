import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ControlledStore } from '../../support/controlled-store.ts';
import { type Chain, chainOf } from '../../support/frame-chain.ts';
import { anyWorld } from '../../support/histories.ts';
import { type Observed, openCopy, sequenceOf } from '../../support/open-copy.ts';
import { turn } from '../../support/turns.ts';
import { World } from '../../support/world.ts';

const anyChain = fc
  .tuple(
    anyWorld,
    fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
    fc.nat({ max: 4 }),
  )
  .map(([world, perFrame, lag]) => chainOf(world.commands, perFrame, lag));

/** What may happen to a node while it reads a log; numbers are shares of what there is. */
type Turn =
  | { readonly do: 'read'; readonly frames: number }
  | { readonly do: 'commit'; readonly share: number }
  | { readonly do: 'announce'; readonly share: number }
  | { readonly do: Simple };

type Simple = 'flush' | 'pause' | 'hold' | 'release' | 'restart';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const anyTurns = fc.array(
  fc.oneof<fc.Arbitrary<Turn>[]>(
    fc.record({ do: fc.constant('read' as const), frames: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ do: fc.constant('commit' as const), share }),
    fc.record({ do: fc.constant('announce' as const), share }),
    fc.record({ do: fc.constantFrom<Simple[]>('flush', 'pause', 'hold', 'release', 'restart') }),
  ),
  { maxLength: 40, size: 'max' },
);

/** A node that reads a chain as the turns say, and in the end reads and commits all of it. */
class Reading {
  readonly store = new ControlledStore();
  readonly #chain: Chain;
  #node!: Observed;
  readonly nodes: Observed[] = [];

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  async start(): Promise<void> {
    this.#node = await openCopy(this.store);
    this.nodes.push(this.#node);
  }

  async take(taken: Turn): Promise<void> {
    const { frames, marks } = this.#chain;
    const { copy } = this.#node;
    const { mark } = copy;
    switch (taken.do) {
      case 'read':
        for (const frame of frames.slice(copy.tail.number, copy.tail.number + taken.frames))
          this.#node.read(frame);
        break;
      case 'commit':
        copy.commitUpTo(Math.floor(taken.share * frames.length));
        break;
      case 'announce':
        copy.announce(marks[Math.floor(taken.share * frames.length)]!);
        break;
      case 'flush':
        copy.flush();
        break;
      case 'pause':
        await turn();
        break;
      case 'hold':
      case 'release':
        this.store[taken.do]();
        break;
      case 'restart':
        this.store.release();
        await turn();
        await this.start();
        break;
      default:
        taken satisfies never;
    }
    expect(this.#node.copy.mark.number).toBeGreaterThanOrEqual(mark.number);
    this.check();
  }

  async finish(): Promise<void> {
    await this.take({ do: 'read', frames: this.#chain.frames.length });
    await this.take({ do: 'commit', share: 1 });
    await this.take({ do: 'flush' });
    await this.take({ do: 'release' });
    await this.take({ do: 'pause' });
  }

  /** Every frame was told of once when it was committed, in order, and none twice when it was stored. */
  checkTold(): void {
    const hashes = this.#chain.frames.map(({ hash }) => hash);
    const committed = this.nodes.flatMap((node) => node.committed.map(({ hash }) => hash));
    expect(committed).toEqual(hashes);
    const stored = this.nodes.flatMap((node) => node.stored);
    for (const { number, hash } of stored) expect(hash).toBe(hashes[number - 1]);
    const numbers = stored.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(numbers.at(-1)).toBe(hashes.length);
  }

  /** Mark ≤ stored ≤ tail, and the mark is the one that the plain fold has there. */
  check(): void {
    const { copy, damage } = this.#node;
    expect(damage).toEqual([]);
    expect(copy.mark).toEqual(this.#chain.marks[copy.mark.number]);
    expect(copy.stored.number).toBeGreaterThanOrEqual(copy.mark.number);
    expect(copy.tail.number).toBeGreaterThanOrEqual(copy.stored.number);
    expect(copy.sequence).toBe(copy.tail.number > 0 ? sequenceOf(copy.tail.number) : 0);
  }
}

describe('a copy', () => {
  it('ends with the same log, rows, mark and state hash, and tells of each frame once, however all comes in (P2)', async () => {
    await fc.assert(
      fc.asyncProperty(anyChain, anyTurns, async (chain, turns) => {
        const reading = new Reading(chain);
        await reading.start();
        for (const taken of turns) await reading.take(taken);
        await reading.finish();
        const { store } = reading;
        const count = chain.frames.length;
        expect(await store.rangeRows({ from: '', to: '\uffff' })).toEqual(chain.rows);
        expect(store.bookmark).toEqual({ sequence: sequenceOf(count), mark: chain.marks[count] });
        expect(await store.last()).toBe(count);
        for (const frame of chain.frames) expect(await store.read(frame.number)).toEqual(frame.bytes);
        reading.checkTold();
      }),
      { numRuns: 60 },
    );
  });
});

describe('a batch', () => {
  const world = new World();
  for (let index = 0; index < 100; index++) world.register(`user${index}`);
  const { frames, marks } = chainOf(world.commands, [1], 1_000);

  it('takes everything that came while the one before was written', async () => {
    const store = new ControlledStore();
    const node = await openCopy(store);
    store.hold();
    for (const frame of frames.slice(0, 20)) node.read(frame);
    node.copy.commitUpTo(10);
    store.release();
    await turn();
    expect(store.batches.map(({ entries }) => entries.length)).toEqual([1, 19]);
    expect(node.copy.mark).toEqual(marks[10]);
  });

  it('goes up to the mark that was heard of, also when frames come later and know less', async () => {
    const node = await openCopy(new ControlledStore());
    node.copy.commitUpTo(5);
    for (const frame of frames.slice(0, 8)) node.read(frame);
    await turn();
    expect(node.copy.mark).toEqual(marks[5]);
  });

  it('has its frames, the rows of what is committed and the bookmark, all or nothing (P1)', async () => {
    const store = new ControlledStore();
    const node = await openCopy(store);
    for (const frame of frames.slice(0, 5)) node.read(frame);
    node.copy.commitUpTo(3);
    node.copy.flush();
    await turn();
    for (const { bookmark, entries, rows } of store.batches) {
      const marked = bookmark.mark.number > 0;
      expect(rows.length > 0).toBe(marked);
      if (entries.length > 0) expect(bookmark.sequence).toBe(sequenceOf(entries.at(-1)!.number));
    }
    expect(store.bookmark).toEqual({ sequence: sequenceOf(5), mark: marks[3] });
  });

  it('is synced to the disk when it shall be: nothing is lost with the power (P1)', async () => {
    for (const sync of [true, false]) {
      const store = new ControlledStore();
      const node = await openCopy(store, { sync });
      for (const frame of frames) node.read(frame);
      node.copy.commitUpTo(50);
      node.copy.flush();
      await turn();
      store.crash();
      const { copy } = await openCopy(store);
      expect(copy.tail.number).toBe(sync ? frames.length : 0);
      expect(copy.mark).toEqual(sync ? marks[50] : marks[0]);
    }
  });

  it('is waited for when more than one batch is waiting to be written', async () => {
    const store = new ControlledStore();
    const node = await openCopy(store);
    store.hold();
    let roomy = false;
    for (const frame of frames.slice(0, 65)) node.read(frame);
    await node.copy.roomy(); // one is being written, 64 wait
    node.read(frames[65]!);
    void node.copy.roomy().then(() => {
      roomy = true;
    });
    await turn();
    expect(roomy).toBe(false);
    store.release();
    await turn();
    expect(roomy).toBe(true);
    expect(node.copy.stored.number).toBe(66);
  });
});
