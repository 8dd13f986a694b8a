import { beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/events/domain.ts';
import { PROJECTION_VERSION } from '../../../src/projections/project.ts';
import { Copy } from '../../../src/replication/copy.ts';
import { ControlledStore } from '../../support/controlled-store.ts';
import { type Chain, chainOf } from '../../support/frame-chain.ts';
import { openCopy, sequenceOf, silent } from '../../support/open-copy.ts';
import { World } from '../../support/world.ts';

const oldMark = (position: number, number: number) => ({ number, position, state: 'f'.repeat(64), version: 0 });
const everything = { from: '', to: '\uffff' };

/** A long talk, of several portions: rows are written while the next are folded. */
function longTalk(messages: number): Chain {
  const world = new World();
  const alice = world.register('Alice');
  const bob = world.register('Bob');
  world.post(alice, 'Bob');
  const { session } = world.stored.at(-1)!.event.data as { session: string };
  const cause = (id: string) => ({ user: alice, id, digest: '' });
  const talk = Array.from({ length: messages }, (_, index): DomainEvent[] => [
    { type: 'MessagePosted', at: 2_000, data: { session, from: index % 3 ? alice : bob, text: 'hi' }, cause: cause(`m${index}`) },
  ]);
  const churn: DomainEvent[][] = [
    [{ type: 'AccountDeleted', at: 3_000, data: { user: bob } }],
    [{ type: 'UserRegistered', at: 3_001, data: { user: 'u-3', name: 'Bob', passwordHash: '', recoveryHash: '' } }],
  ];
  return chainOf([...world.commands, ...talk, ...churn], [900], 1_000_000);
}

const chain = longTalk(35_000);
const count = chain.frames.length;
const committed = count - 1; // the last frame is stored, but not committed

/** A store that another version of the program has left behind, with rows that this one would never write. */
async function leftBehind(): Promise<ControlledStore> {
  const store = new ControlledStore();
  const entries = chain.frames.map(({ number, bytes }) => ({ number, bytes }));
  const mark = oldMark(chain.marks[committed]!.position, committed);
  const rows = [['name/bob', '"somebody else"'], ['old/row', '1']] as const;
  await store.write({ entries, rows, bookmark: { sequence: sequenceOf(count), mark } }, { sync: true });
  store.batches.length = 0;
  return store;
}

/** Rows of the committed part, by a store that read it at once. */
async function expectedRows(): Promise<[string, string][]> {
  const node = await openCopy(new ControlledStore());
  for (const frame of chain.frames.slice(0, committed)) {
    node.read(frame);
    node.copy.commitUpTo(frame.number);
    await node.copy.roomy();
  }
  await new Promise<void>((resolve) => {
    if (node.copy.mark.number === committed) resolve();
    node.copy.listen({ committed: () => node.copy.mark.number === committed && resolve() });
  });
  return node.copy.store.rangeRows(everything);
}

const expected = await expectedRows();

describe('rows of another version of the projections', () => {
  let store: ControlledStore;

  beforeEach(async () => {
    store = await leftBehind();
  });

  it('are folded anew from the log, to the same rows and state hash as anywhere (P2)', async () => {
    const copy = await Copy.open({ store, sync: false, journal: silent });
    expect(copy.mark).toEqual(chain.marks[committed]);
    expect(store.bookmark).toEqual({ sequence: sequenceOf(count), mark: chain.marks[committed] });
    expect(await store.rangeRows(everything)).toEqual(expected);
    expect(copy.rows.stateHash).toBe(chain.marks[committed]!.state);
  });

  it('are written in portions, and count as old until the last of them is there', async () => {
    await openCopy(store);
    expect(store.batches.length).toBeGreaterThan(3);
    expect(store.batches.map(({ bookmark }) => bookmark.mark.version)).toEqual([
      ...store.batches.slice(1).map(() => 0),
      PROJECTION_VERSION,
    ]);
  });

  it('are folded anew from the start after any write on the way failed', async () => {
    await openCopy(store);
    const writes = store.batches.length;
    for (let failing = 0; failing < writes; failing++) {
      const broken = await leftBehind();
      broken.failWhen(() => broken.batches.length === failing + 1);
      await expect(openCopy(broken)).rejects.toThrow('no space left on the disk');
      expect(broken.bookmark?.mark.version).toBe(0);
      broken.failWhen(undefined);
      const { copy } = await openCopy(broken);
      expect(copy.mark).toEqual(chain.marks[committed]);
      expect(await broken.rangeRows(everything)).toEqual(expected);
    }
  });

  it('are followed by the frames that were not committed then', async () => {
    const { copy } = await openCopy(store);
    expect(copy.tail.number).toBe(count);
    const done = new Promise<void>((resolve) => copy.listen({ committed: () => resolve() }));
    copy.commitUpTo(count);
    await done;
    expect(copy.mark).toEqual(chain.marks[count]);
    expect(await store.rangeRows(everything)).toEqual(chain.rows);
  });

  it('are rebuilt before the operator’s eyes', async () => {
    const said: string[] = [];
    const journal = { notice: (line: string) => said.push(line), detail: () => undefined };
    await Copy.open({ store, sync: false, journal });
    expect(said[0]).toMatch(/^folding \d+ events into rows of version/);
    expect(said.slice(1).length).toBeGreaterThan(2);
    for (const line of said.slice(1)) expect(line).toMatch(/^folded \d+ of \d+ events \(\d+ %\)$/);
  });
});

it('rows of the present version are left as they are', async () => {
  const store = new ControlledStore();
  const [first, second] = chain.frames;
  const node = await openCopy(store);
  for (const frame of [first!, second!]) node.read(frame);
  node.copy.commitUpTo(2);
  await new Promise<void>((resolve) => node.copy.listen({ committed: () => node.copy.mark.number === 2 && resolve() }));
  const before = store.batches.length;
  await openCopy(store);
  expect(store.batches).toHaveLength(before);
});

it('a log of which nothing is committed has nothing to fold', async () => {
  const store = new ControlledStore();
  const [{ number, bytes }] = chain.frames as [Chain['frames'][number]];
  const bookmark = { sequence: 1, mark: oldMark(0, 0) };
  await store.write({ entries: [{ number, bytes }], rows: [['old', '1']], bookmark }, { sync: false });
  const { copy } = await openCopy(store);
  expect(copy.mark).toEqual(chain.marks[0]);
  expect(await store.rangeRows(everything)).toEqual([]);
});
