/** What every node's store promises beyond being a log. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bookmark, LogConflict, type NodeStore, type StoreBatch } from '../../src/log/port.ts';

export interface OpenStore {
  /** Empty. */
  readonly store: NodeStore;
  close(): Promise<void>;
}

interface OpenLastingStore extends OpenStore {
  /** The same store, closed and opened again. */
  reopen(): Promise<NodeStore>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const entry = (number: number) => ({ number, bytes: bytesOf(`entry ${number}`) });
const bookmark = (number: number): Bookmark => {
  return { sequence: number + 100, mark: { number, position: number, state: 'a'.repeat(64), version: 1 } };
};
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function storeContract(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name} as a node's store`, () => {
    let opened: OpenStore;
    let store: NodeStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(() => opened.close());

    async function write(numbers: number[], rows: StoreBatch['rows'], mark = 1): Promise<void> {
      await store.write({ entries: numbers.map(entry), rows, bookmark: bookmark(mark) }, { sync: false });
    }

    const allRows = () => store.rangeRows({ from: '', to: '\u{10ffff}' });

    it('has neither rows nor a bookmark at first', async () => {
      expect(store.bookmark).toBeUndefined();
      expect(store.readRow('a')).toBeUndefined();
      expect(await allRows()).toEqual([]);
    });

    it.each([true, false])('writes entries, rows and bookmark together (synced: %s)', async (sync) => {
      const batch = { entries: [entry(1), entry(2)], rows: [['a', '1'] as const], bookmark: bookmark(2) };
      await store.write(batch, { sync });
      expect(await store.last()).toBe(2);
      expect(Buffer.from((await store.read(2))!).toString()).toBe('entry 2');
      expect(store.readRow('a')).toBe('1');
      expect(store.bookmark).toEqual(bookmark(2));
    });

    it.each([[[2]], [[1, 3]], [[1, 1]], [[1, 2, 4]]])(
      'writes nothing at all of a batch whose entries are not the next ones: %j (P1)',
      async (numbers) => {
        await expect(write(numbers, [['a', '1']])).rejects.toThrow(LogConflict);
        expect(await store.last()).toBe(0);
        expect(await store.read(1)).toBeUndefined();
        expect(store.readRow('a')).toBeUndefined();
        expect(store.bookmark).toBeUndefined();
      },
    );

    it('goes on after a batch that was refused', async () => {
      await write([1], [['a', '1']], 1);
      await expect(write([2, 4], [['a', '2']], 9)).rejects.toThrow(LogConflict);
      expect([await store.last(), store.readRow('a'), store.bookmark]).toEqual([1, '1', bookmark(1)]);
      await write([2], [['a', '2']], 2);
      expect([await store.last(), store.readRow('a'), store.bookmark]).toEqual([2, '2', bookmark(2)]);
    });

    it('takes batches without entries, and entries without batches', async () => {
      await write([], [['a', '1']]);
      await store.append(bytesOf('entry 1'), 1);
      await write([2], []);
      await store.append(bytesOf('entry 3'), 3);
      expect(await store.last()).toBe(3);
    });

    it('replaces rows and removes them', async () => {
      await write(
        [],
        [
          ['a', '1'],
          ['b', ''],
          ['c', '3'],
        ],
      );
      await write(
        [],
        [
          ['a', '2'],
          ['c', null],
          ['never was', null],
        ],
      );
      expect(await allRows()).toEqual([
        ['a', '2'],
        ['b', ''],
      ]);
      expect([store.readRow('b'), store.readRow('c')]).toEqual(['', undefined]);
    });

    it('takes the last word on a row that a batch names twice', async () => {
      await write(
        [],
        [
          ['a', '1'],
          ['a', '2'],
          ['b', '1'],
          ['b', null],
        ],
      );
      expect(await allRows()).toEqual([['a', '2']]);
    });

    it('gives rows in a range, from either end, in the order of their bytes', async () => {
      const key = fc.string({
        unit: fc.constantFrom('a', 'b', '/', '~', 'é', '\u{fa11}', '\u{20bb7}'),
        maxLength: 3,
      });
      const range = fc.record({ from: key, to: key, limit: fc.nat({ max: 5 }), reverse: fc.boolean() });
      await write([1], []);
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(key, { maxLength: 12 }),
          range,
          async (keys, { from, to, limit, reverse }) => {
            await store.clearRows();
            await write(
              [],
              keys.map((each) => [each, `row ${each}`] as const),
            );
            const within = keys
              .filter((each) => byBytes(each, from) >= 0 && byBytes(each, to) <= 0)
              .sort(byBytes);
            const wanted = (reverse ? within.reverse() : within).map((each) => [each, `row ${each}`]);
            expect(await store.rangeRows({ from, to, reverse })).toEqual(wanted);
            expect(await store.rangeRows({ from, to, reverse, limit })).toEqual(wanted.slice(0, limit));
            for (const each of keys) expect(store.readRow(each)).toBe(`row ${each}`);
          },
        ),
      );
    });

    it('shows all rows with the bookmark that they belong to, as of one moment, while it is written', async () => {
      await write(
        [1],
        [
          ['a', '1'],
          ['b', '1'],
        ],
        1,
      );
      const scan = await store.scanRows();
      await write(
        [2],
        [
          ['a', '2'],
          ['b', null],
          ['c', '2'],
        ],
        2,
      );
      const rows: (readonly [string, string])[] = [];
      for await (const row of scan.rows) rows.push(row);
      expect([scan.bookmark, rows]).toEqual([
        bookmark(1),
        [
          ['a', '1'],
          ['b', '1'],
        ],
      ]);
      const now = await store.scanRows();
      const texts: string[] = [];
      for await (const [, text] of now.rows) texts.push(text);
      expect([now.bookmark, texts]).toEqual([bookmark(2), ['2', '2']]);
    });

    it('shows no rows and no bookmark of a store that has none', async () => {
      const { bookmark: none, rows } = await store.scanRows();
      for await (const row of rows) throw new Error(`there is ${row[0]}`);
      expect(none).toBeUndefined();
    });

    it('clears its rows and nothing else', async () => {
      await write(
        [1, 2],
        [
          ['', '0'],
          ['a', '1'],
          ['\u{10ffff}', '2'],
        ],
        2,
      );
      await store.clearRows();
      expect(await allRows()).toEqual([]);
      expect(store.readRow('a')).toBeUndefined();
      expect(await store.last()).toBe(2);
      expect(Buffer.from((await store.read(2))!).toString()).toBe('entry 2');
      expect(store.bookmark).toEqual(bookmark(2));
    });

    it('never takes a row for anything else', async () => {
      const names = ['f000000000001', 'm/bookmark', 'm/format', 'r', 'f', 's', '0'];
      await write(
        [1],
        names.map((each) => [each, 'row'] as const),
      );
      expect(await store.last()).toBe(1);
      expect(Buffer.from((await store.read(1))!).toString()).toBe('entry 1');
      expect((await allRows()).map(([key]) => key)).toEqual(names.toSorted(byBytes));
    });

    it('has promised nothing at first, and is not complete', () => {
      expect(store.standing).toEqual({ promised: 0, grantedTo: '', complete: false });
    });

    it('stands by what it was told last (P3)', async () => {
      await write([1], [['a', '1']]);
      for (const standing of [
        { promised: 2, grantedTo: 'n2', complete: false },
        { promised: 3, grantedTo: '', complete: true },
      ]) {
        await store.stand(standing);
        expect(store.standing).toEqual(standing);
      }
      await write([2], [['a', '2']], 2);
      expect(store.standing).toEqual({ promised: 3, grantedTo: '', complete: true });
      expect([await store.last(), await allRows(), store.bookmark]).toEqual([2, [['a', '2']], bookmark(2)]);
    });

    it('gives up its last entries, and with them their place in the stream, but no row and no mark', async () => {
      await write([1, 2, 3, 4], [['a', '1']], 2);
      await store.stand({ promised: 2, grantedTo: 'n2', complete: true });
      await store.truncate(2);
      expect([await store.last(), await store.read(3), await store.read(4)]).toEqual([
        2,
        undefined,
        undefined,
      ]);
      expect(Buffer.from((await store.read(2))!).toString()).toBe('entry 2');
      expect([await allRows(), store.bookmark]).toEqual([[['a', '1']], { ...bookmark(2), sequence: 0 }]);
      expect(store.standing).toEqual({ promised: 2, grantedTo: 'n2', complete: true });
      await expect(write([5], [])).rejects.toThrow(LogConflict);
      await store.write(
        { entries: [{ number: 3, bytes: bytesOf('another') }], rows: [], bookmark: bookmark(2) },
        { sync: false },
      );
      expect(Buffer.from((await store.read(3))!).toString()).toBe('another');
    });

    it('gives up everything, and begins again', async () => {
      await write([1, 2], []);
      await store.truncate(0);
      expect([await store.last(), await store.read(1)]).toEqual([0, undefined]);
      const found: number[] = [];
      for await (const { number } of store.range(1)) found.push(number);
      expect(found).toEqual([]);
      await write([1], []);
      expect(await store.last()).toBe(1);
    });

    it('has nothing to give up in an empty store, or beyond the end', async () => {
      await store.truncate(0);
      expect([await store.last(), store.bookmark]).toEqual([0, undefined]);
      await write([1, 2], [], 2);
      for (const after of [3, 9]) await store.truncate(after);
      expect(await store.last()).toBe(2);
    });

    it('shows that it takes writes, without changing anything', async () => {
      await write([1], [['a', '1']]);
      await store.probe();
      expect([await store.last(), await allRows(), store.bookmark]).toEqual([1, [['a', '1']], bookmark(1)]);
    });
  });
}

/** A store that outlives its process. */
export function lastingStoreContract(name: string, open: () => Promise<OpenLastingStore>): void {
  storeContract(name, open);

  it(`${name} is what it was when it is opened again (P1)`, async () => {
    const opened = await open();
    const write = (store: NodeStore, numbers: number[], rows: StoreBatch['rows'], mark: number) =>
      store.write({ entries: numbers.map(entry), rows, bookmark: bookmark(mark) }, { sync: false });
    await write(
      opened.store,
      [1, 2],
      [
        ['a', '1'],
        ['b', '2'],
      ],
      2,
    );
    await write(opened.store, [3], [['a', null]], 3);
    const store = await opened.reopen();
    const rows = await store.rangeRows({ from: '', to: '~' });
    expect([await store.last(), rows, store.bookmark]).toEqual([3, [['b', '2']], bookmark(3)]);
    await write(store, [4], [], 4);
    await expect(store.append(bytesOf('entry 4'), 4)).rejects.toThrow(LogConflict);
    await opened.close();
  });

  it(`${name} has its log and its bookmark when it is opened again after its rows were cleared (P1)`, async () => {
    const opened = await open();
    const batch = { entries: [entry(1)], rows: [['a', '1'] as const], bookmark: bookmark(1) };
    await opened.store.write(batch, { sync: false });
    await opened.store.clearRows();
    const store = await opened.reopen();
    expect([await store.last(), store.readRow('a'), store.bookmark]).toEqual([1, undefined, bookmark(1)]);
    await opened.close();
  });

  it(`${name} stands by its word when it is opened again (P3)`, async () => {
    const opened = await open();
    const standing = { promised: 3, grantedTo: 'n2', complete: true };
    await opened.store.stand({ ...standing, promised: 2 });
    await opened.store.stand(standing);
    expect((await opened.reopen()).standing).toEqual(standing);
    await opened.close();
  });

  it(`${name} has given up what it gave up when it is opened again (P2)`, async () => {
    const opened = await open();
    const batch = { entries: [1, 2, 3].map(entry), rows: [['a', '1'] as const], bookmark: bookmark(1) };
    await opened.store.write(batch, { sync: true });
    await opened.store.truncate(1);
    const store = await opened.reopen();
    expect([await store.last(), await store.read(2), store.readRow('a')]).toEqual([1, undefined, '1']);
    expect(store.bookmark).toEqual({ ...bookmark(1), sequence: 0 });
    await store.write({ ...batch, entries: [entry(2)] }, { sync: false });
    expect(await store.last()).toBe(2);
    await opened.close();
  });
}

/** A store on a machine that can lose its power. */
interface OpenPoweredStore extends OpenStore {
  /** After a loss of power, opened again. */
  losePower(): Promise<NodeStore>;
}

/** @param open a store whose writes are all synced, or only those that were asked for. */
export function poweredStoreContract(
  name: string,
  open: (everyWriteSynced: boolean) => Promise<OpenPoweredStore>,
): void {
  describe(`${name} after a loss of power`, () => {
    const standing = { promised: 3, grantedTo: 'n2', complete: true };
    const batch = { entries: [entry(1)], rows: [['a', '1'] as const], bookmark: bookmark(1) };

    it('does not know any more that it is complete, but what it promised (P1, P3)', async () => {
      const opened = await open(false);
      await opened.store.stand(standing);
      const store = await opened.losePower();
      expect(store.standing).toEqual({ ...standing, complete: false });
      await store.stand({ ...store.standing, complete: true });
      expect(store.standing).toEqual(standing);
      await opened.close();
    });

    it('is complete if every write was synced, and has them all (P1)', async () => {
      const opened = await open(true);
      await opened.store.stand(standing);
      await opened.store.write(batch, { sync: true });
      const store = await opened.losePower();
      expect([store.standing, await store.last(), store.readRow('a')]).toEqual([standing, 1, '1']);
      await opened.close();
    });

    it('is not complete because it promises something', async () => {
      const opened = await open(false);
      await opened.store.stand(standing);
      const store = await opened.losePower();
      await store.stand({ ...store.standing, promised: 4, grantedTo: 'n3' });
      expect(store.standing).toEqual({ promised: 4, grantedTo: 'n3', complete: false });
      await opened.close();
    });
  });
}
