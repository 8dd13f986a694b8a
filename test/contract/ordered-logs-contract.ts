/** What the streams of all generations promise: the newest is known, each is made once, and one that is gone is told of. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogGone, type OrderedLog, type OrderedLogs, OutcomeUnknown } from '../../src/log/port.ts';

export interface OpenOrderedLogs {
  /** There is no stream yet. */
  readonly logs: OrderedLogs;
  /** As if the server's disk were lost: every stream is gone. */
  lose(): Promise<void>;
  close(): Promise<void>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

export function orderedLogsContract(name: string, open: () => Promise<OpenOrderedLogs>): void {
  describe(name, () => {
    let opened: OpenOrderedLogs;
    let logs: OrderedLogs;

    beforeEach(async () => {
      opened = await open();
      logs = opened.logs;
    });

    afterEach(async () => {
      await opened.lose();
      await opened.close();
    });

    const create = async (generation: number): Promise<OrderedLog> => (await logs.open(generation, true))!;

    it('have no newest one where there is none', async () => {
      expect(await logs.newest()).toBe(0);
    });

    it('know the newest by its number, whatever was made last, and whatever stands in it (P3)', async () => {
      for (const [generation, newest] of [
        [2, 2],
        [10, 10],
        [9, 10],
        [1, 10],
      ] as const) {
        await create(generation);
        expect(await logs.newest()).toBe(newest);
      }
    });

    it('make none unless they are asked to', async () => {
      expect(await logs.open(3, false)).toBeUndefined();
      expect(await logs.newest()).toBe(0);
      await create(3);
      expect(await logs.open(3, false)).toBeDefined();
      expect(await logs.open(2, false)).toBeUndefined();
    });

    it('make each once, and keep what stands in it (P1)', async () => {
      await (await create(2)).append(bytesOf('a'), 1);
      const again = await create(2);
      expect(await again.last()).toBe(1);
      expect(Buffer.from((await again.read(1))!).toString()).toBe('a');
    });

    it('keep the generations apart: each is numbered from 1 (P2)', async () => {
      const [first, second] = [await create(1), await create(2)];
      await first.append(bytesOf('of 1'), 1);
      await second.append(bytesOf('of 2'), 1);
      await first.append(bytesOf('more of 1'), 2);
      expect([await first.last(), await second.last()]).toEqual([2, 1]);
      expect(Buffer.from((await second.read(1))!).toString()).toBe('of 2');
    });

    describe('that are gone', () => {
      it('are not the newest any more, and are not opened', async () => {
        await create(2);
        await opened.lose();
        expect(await logs.newest()).toBe(0);
        expect(await logs.open(2, false)).toBeUndefined();
      });

      it('say so to whoever asks, and never that nothing stands there (P1)', async () => {
        const log = await create(2);
        await log.append(bytesOf('a'), 1);
        await opened.lose();
        await expect(log.last()).rejects.toThrow(LogGone);
        for (const number of [1, 2]) await expect(log.read(number)).rejects.toThrow(LogGone);
      });

      it('store nothing, and do not say that something else stands there (P6)', async () => {
        const log = await create(2);
        await opened.lose();
        await expect(log.append(bytesOf('a'), 1)).rejects.toThrow(OutcomeUnknown);
        expect(await (await create(2)).last()).toBe(0);
      });

      it('tell who follows them, once, and bring nothing any more (P1)', async () => {
        const log = await create(2);
        const read: number[] = [];
        const reasons: string[] = [];
        let arrived: () => void = () => undefined;
        const arrival = new Promise<void>((resolve) => {
          arrived = resolve;
        });
        let told: () => void = () => undefined;
        const lost = new Promise<void>((resolve) => {
          told = resolve;
        });
        const following = log.follow(0, {
          entry: ({ number }) => {
            read.push(number);
            arrived();
          },
          lost: (reason) => {
            reasons.push(reason);
            told();
          },
        });
        await log.append(bytesOf('a'), 1);
        await arrival;
        await opened.lose();
        await lost;
        following.stop();
        expect(reasons).toEqual([expect.stringContaining('gone')]);
        expect(read).toEqual([1]);
      });
    });
  });
}
