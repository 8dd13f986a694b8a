import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/events/domain.ts';
import type { Mark } from '../../../src/log/port.ts';
import { PROJECTION_VERSION } from '../../../src/projections/project.ts';
import { storedEvents } from '../../../src/projections/stored.ts';
import { Copy } from '../../../src/replication/copy.ts';
import { emptyMark } from '../../../src/replication/rebuild.ts';
import { ControlledStore } from '../../support/controlled-store.ts';
import { chainOf } from '../../support/frame-chain.ts';
import { openCopy, sequenceOf, silent } from '../../support/open-copy.ts';
import { foldPlainly } from '../../support/plain-rows.ts';
import { World } from '../../support/world.ts';

const oldMark = (position: number, number: number) => ({
  number,
  position,
  state: 'f'.repeat(64),
  version: 0,
});

/**
 * A long talk, of several portions: rows are written while the next are folded. Again and again somebody is deleted whom
 * a message waited for, so that folds look back at rows that are just being written.
 */
function longTalk(messages: number): DomainEvent[][] {
  const world = new World();
  const alice = world.register('Alice');
  const bob = world.register('Bob');
  world.post(alice, 'Bob');
  const { session } = world.stored.at(-1)!.event.data as { session: string };
  const at = 2_000;
  const talk = Array.from({ length: messages }, (_, index): DomainEvent[] => {
    const cause = { user: alice, id: `m${index}`, digest: '' };
    return [
      { type: 'MessagePosted', at, data: { session, from: index % 3 ? alice : bob, text: 'hi' }, cause },
    ];
  });
  for (let index = 0; index < messages; index += 300) {
    const [user, name] = [`u-${index}`, `guest${index}`];
    const meeting = `s-${index}`;
    const participants = [alice, user].sort();
    talk[index]!.push(
      { type: 'UserRegistered', at, data: { user, name, skeletons: [], passwordHash: '', recoveryHash: '' } },
      { type: 'SessionOpened', at, data: { session: meeting, participants, continues: null } },
      { type: 'MessagePosted', at, data: { session: meeting, from: alice, text: 'hi' } },
    );
    talk[index + 299]?.push({ type: 'AccountDeleted', at, data: { user } });
  }
  return [...world.commands, ...talk];
}

const { frames, rows: allRows } = chainOf(longTalk(20_400), [900], Number.POSITIVE_INFINITY, () => false);
const count = frames.length;
const committed = count - 1; // the last frame is stored, but not committed

/** What a store must hold when frames up to `number` are committed. */
function expectedAt(number: number): { rows: [string, string][]; mark: Mark } {
  const plain = foldPlainly(frames.slice(0, number).map(storedEvents));
  const position = frames[number - 1]?.last ?? 0;
  return {
    rows: plain.texts(),
    mark: { number, position, state: plain.stateHash, version: PROJECTION_VERSION },
  };
}

const expected = expectedAt(committed);

/** A store that another version of the program has left behind, with rows that this one would never write. */
async function leftBehind(): Promise<ControlledStore> {
  const store = new ControlledStore();
  store.slowness = 3;
  const entries = frames.map(({ number, bytes }) => ({ number, bytes }));
  const bookmark = { sequence: sequenceOf(count), mark: oldMark(expected.mark.position, committed) };
  const rows = [
    ['name/bob', '"somebody else"'],
    ['old/row', '1'],
  ] as const;
  await store.write({ entries, rows, bookmark }, { sync: true });
  store.batches.length = 0;
  return store;
}

/** Very many rows are compared by a fingerprint: a difference would fill no screen anybody reads. */
async function expectRows(
  store: ControlledStore,
  rows: readonly (readonly [string, string])[],
): Promise<void> {
  const found = await store.rangeRows({ from: '', to: '\uffff' });
  expect(found.length).toBe(rows.length);
  expect(hash('sha256', JSON.stringify(found))).toBe(hash('sha256', JSON.stringify(rows)));
}

describe('rows of another version of the projections', () => {
  let store: ControlledStore;

  beforeEach(async () => {
    store = await leftBehind();
  });

  it('are folded anew from the log, to the same rows and state hash as anywhere (P2)', async () => {
    const copy = await Copy.open({ store, sync: false, journal: silent });
    expect(copy.mark).toEqual(expected.mark);
    expect(store.bookmark).toEqual({ sequence: sequenceOf(count), mark: expected.mark });
    await expectRows(store, expected.rows);
    expect(copy.rows.stateHash).toBe(expected.mark.state);
  });

  it('are written in portions, and count as old until the last of them is there', async () => {
    await openCopy(store);
    expect(store.batches.length).toBeGreaterThanOrEqual(3);
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
      expect(copy.mark).toEqual(expected.mark);
      await expectRows(broken, expected.rows);
    }
  });

  it('are followed by the frames that were not committed then', async () => {
    const { copy } = await openCopy(store);
    expect(copy.tail.number).toBe(count);
    const done = new Promise<void>((resolve) => copy.listen({ committed: () => resolve() }));
    copy.commitUpTo(count);
    copy.flush();
    await done;
    expect(copy.mark).toEqual(expectedAt(count).mark);
    await expectRows(store, allRows);
  });

  it('are rebuilt before the operator’s eyes', async () => {
    const said: string[] = [];
    const journal = { notice: (line: string) => said.push(line), detail: () => undefined };
    await Copy.open({ store, sync: false, journal });
    expect(said[0]).toMatch(/^folding \d+ events into rows of version/);
    expect(said.slice(1).length).toBeGreaterThanOrEqual(2);
    for (const line of said.slice(1)) expect(line).toMatch(/^folded \d+ of \d+ events \(\d+ %\)$/);
  });
});

it('rows of the present version are left as they are', async () => {
  const store = new ControlledStore();
  const [first, second] = frames;
  const node = await openCopy(store);
  for (const frame of [first!, second!]) node.read(frame);
  node.copy.commitUpTo(2);
  node.copy.flush();
  await new Promise<void>((resolve) =>
    node.copy.listen({ committed: () => node.copy.mark.number === 2 && resolve() }),
  );
  const before = store.batches.length;
  await openCopy(store);
  expect(store.batches).toHaveLength(before);
});

it('a log of which nothing is committed has nothing to fold', async () => {
  const store = new ControlledStore();
  const { number, bytes } = frames[0]!;
  const bookmark = { sequence: 1, mark: oldMark(0, 0) };
  await store.write({ entries: [{ number, bytes }], rows: [['old', '1']], bookmark }, { sync: false });
  const { copy } = await openCopy(store);
  expect(copy.mark).toEqual(emptyMark);
  await expectRows(store, []);
});
