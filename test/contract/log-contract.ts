/** What every log promises, whatever it is made of. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../cli/collect.ts';
import { type Log, LogConflict, OutcomeUnknown } from '../../src/log/port.ts';

export interface OpenLog {
  /** Empty. */
  readonly log: Log;
  close(): Promise<void>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

export function logContract(name: string, open: () => Promise<OpenLog>): void {
  describe(`${name} as a log`, () => {
    let opened: OpenLog;
    let log: Log;

    beforeEach(async () => {
      opened = await open();
      log = opened.log;
    });

    afterEach(() => opened.close());

    async function appendAll(...texts: string[]): Promise<void> {
      for (const text of texts) await appendForCertain(text, (await log.last()) + 1);
    }

    /** As whoever appends has to: where the outcome is unknown, what stands there tells. */
    async function appendForCertain(text: string, number: number): Promise<void> {
      while ((await log.read(number)) === undefined) {
        await log.append(bytesOf(text), number, `id of ${text}`).catch((error: unknown) => {
          if (!(error instanceof OutcomeUnknown)) throw error;
        });
      }
    }

    async function textsOf(from: number, to?: number): Promise<string[]> {
      const entries = await collect(log.range(from, to));
      return entries.map(({ number, bytes }) => `${number} ${Buffer.from(bytes).toString()}`);
    }

    it('is empty at first', async () => {
      expect(await log.last()).toBe(0);
      expect(await log.read(1)).toBeUndefined();
      expect(await textsOf(1)).toEqual([]);
    });

    it('numbers its entries from 1 and gives each back as it was', async () => {
      await appendAll('a', 'b', 'c');
      expect(await log.last()).toBe(3);
      for (const [index, text] of ['a', 'b', 'c'].entries()) {
        expect(Buffer.from((await log.read(index + 1))!).toString()).toBe(text);
      }
    });

    it('keeps any bytes, and as many as a frame can have', async () => {
      const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
      const large = new Uint8Array(800 * 1024).fill(0xfe);
      await log.append(everyByte, 1);
      await log.append(large, 2);
      expect(Buffer.compare((await log.read(1))!, everyByte)).toBe(0);
      expect(Buffer.compare((await log.read(2))!, large)).toBe(0);
    });

    it('has nothing where it has no entry', async () => {
      await appendAll('a', 'b');
      expect(await log.read(3)).toBeUndefined();
      expect(await log.read(1_000)).toBeUndefined();
    });

    it.each([
      ['that is taken', 2],
      ['that is taken by the last entry', 3],
      ['beyond the next', 5],
    ])('refuses an entry for a number %s, and stores nothing (P3)', async (_, number) => {
      await appendAll('a', 'b', 'c');
      await expect(log.append(bytesOf('x'), number, 'id of x')).rejects.toThrow(LogConflict);
      expect(await textsOf(1)).toEqual(['1 a', '2 b', '3 c']);
      await appendAll('d');
      expect(await log.last()).toBe(4);
    });

    it('refuses the same entry a second time: what stands there tells its sender that it is stored', async () => {
      await appendAll('a', 'b');
      await expect(log.append(bytesOf('b'), 2, 'id of b')).rejects.toThrow(LogConflict);
      expect(await textsOf(1)).toEqual(['1 a', '2 b']);
    });

    it('stores equal entries as often as they come', async () => {
      for (const number of [1, 2, 3]) await log.append(bytesOf('same'), number, `id ${number}`);
      expect(await textsOf(1)).toEqual(['1 same', '2 same', '3 same']);
    });

    it.each([
      [1, undefined, ['1 a', '2 b', '3 c', '4 d']],
      [3, undefined, ['3 c', '4 d']],
      [2, 3, ['2 b', '3 c']],
      [4, 4, ['4 d']],
      [3, 99, ['3 c', '4 d']],
      [5, undefined, []],
      [9, 12, []],
      [3, 2, []],
    ])('gives the entries from %s to %s, as far as there are any', async (from, to, expected) => {
      await appendAll('a', 'b', 'c', 'd');
      expect(await textsOf(from, to)).toEqual(expected);
    });
  });
}
