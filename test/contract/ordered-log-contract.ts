/** What the log that decides the order promises beyond being a log: whoever follows it misses nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Entry,
  type Following,
  LogConflict,
  type OrderedLog,
  OutcomeUnknown,
} from '../../src/log/port.ts';

export interface OpenOrderedLog {
  /** Empty. */
  readonly log: OrderedLog;
  /** The same log as another node has it. */
  readonly second: OrderedLog;
  /** kill -9, and back again; where there is a server that can die. */
  readonly server?: { kill(): Promise<void>; respawn(): Promise<void> };
  /** Replaces the log by one of these entries, as after the loss of a disk. */
  replace?(entries: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

const bytesOf = (number: number) => new TextEncoder().encode(`entry ${number}`);

/** Follows a log and notes what comes; `until` and `lost` say when. */
class Notes {
  readonly numbers: number[] = [];
  readonly texts: string[] = [];
  readonly lost: Promise<string>;
  readonly #following: Following;
  #waiting: { readonly number: number; readonly go: () => void }[] = [];

  constructor(log: OrderedLog, after = 0, slow: () => Promise<void> = async () => undefined) {
    let tell: (reason: string) => void = () => undefined;
    this.lost = new Promise((resolve) => {
      tell = resolve;
    });
    this.#following = log.follow(after, {
      entry: (entry) => this.#note(entry, slow),
      lost: (reason) => tell(reason),
    });
  }

  until(number: number): Promise<void> {
    if (this.numbers.includes(number)) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ number, go }));
  }

  stop(): void {
    this.#following.stop();
  }

  async #note({ number, bytes }: Entry, slow: () => Promise<void>): Promise<void> {
    await slow();
    this.numbers.push(number);
    this.texts.push(Buffer.from(bytes).toString());
    for (const waiter of this.#waiting) if (waiter.number === number) waiter.go();
  }
}

const upTo = (number: number, from = 1) =>
  Array.from({ length: number - from + 1 }, (_, index) => from + index);

export function orderedLogContract(name: string, open: () => Promise<OpenOrderedLog>): void {
  describe(`${name} as the order of the log`, () => {
    let opened: OpenOrderedLog;
    let log: OrderedLog;
    let notes: Notes[];

    beforeEach(async () => {
      opened = await open();
      log = opened.log;
      notes = [];
    });

    afterEach(async () => {
      for (const each of notes) each.stop();
      await opened.close();
    });

    function follow(after = 0, slow?: () => Promise<void>): Notes {
      const following = new Notes(log, after, slow);
      notes.push(following);
      return following;
    }

    async function append(...numbers: number[]): Promise<void> {
      for (const number of numbers) await log.append(bytesOf(number), number, `id ${number}`);
    }

    /** Appends for certain, as a leader does: asks what stands there whenever it does not know. */
    async function appendForCertain(number: number): Promise<void> {
      for (;;) {
        try {
          return await log.append(bytesOf(number), number, `id ${number}`);
        } catch (error) {
          if (!(error instanceof LogConflict || error instanceof OutcomeUnknown)) throw error;
        }
        const there = await log.read(number).catch(() => undefined);
        if (there) return expect(Buffer.from(there).toString()).toBe(`entry ${number}`);
      }
    }

    function expectAll({ numbers, texts }: Notes, last: number, from = 1): void {
      expect(numbers).toEqual(upTo(last, from));
      expect(texts).toEqual(upTo(last, from).map((number) => `entry ${number}`));
    }

    it('brings what is there and what comes, in order and without gaps (P2)', async () => {
      await append(...upTo(50));
      const following = follow();
      await append(...upTo(150, 51));
      await following.until(150);
      expectAll(following, 150);
    });

    it('brings what comes after any entry, to everyone from their own (P2)', async () => {
      await append(...upTo(20));
      const [fromTen, fromTheEnd] = [follow(10), follow(20)];
      await append(...upTo(30, 21));
      await Promise.all([fromTen.until(30), fromTheEnd.until(30)]);
      expectAll(fromTen, 30, 11);
      expectAll(fromTheEnd, 30, 21);
    });

    it('waits for whoever reads slowly', async () => {
      let reading = 0;
      const following = follow(0, async () => {
        expect(++reading).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        reading -= 1;
      });
      await append(...upTo(30));
      await following.until(30);
      expectAll(following, 30);
    });

    it('brings nothing more to one who stopped', async () => {
      const [stopped, going] = [follow(), follow()];
      await append(1, 2);
      await Promise.all([stopped.until(2), going.until(2)]);
      stopped.stop();
      await append(3, 4);
      await going.until(4);
      expectAll(stopped, 2);
    });

    it('lets exactly one of two writers win that expect the same (P3)', async () => {
      for (const number of upTo(20)) {
        const texts = ['first', 'second'].map((writer) => `${writer} ${number}`);
        const attempts = [log, opened.second].map((writer, index) =>
          writer.append(new TextEncoder().encode(texts[index]), number, texts[index]),
        );
        const outcomes = await Promise.allSettled(attempts);
        const won = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? index : []));
        expect(won).toHaveLength(1);
        expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
          reason: expect.any(LogConflict),
        });
        expect(Buffer.from((await log.read(number))!).toString()).toBe(texts[won[0]!]);
      }
    });

    it('shows to one what another has appended', async () => {
      await append(1, 2);
      expect(await opened.second.last()).toBe(2);
      expect(Buffer.from((await opened.second.read(2))!).toString()).toBe('entry 2');
    });

    it('goes on after the death of its server, without a gap and without a repeat (P1, P2)', async ({
      skip,
    }) => {
      const { server } = opened;
      if (!server) return skip('there is no server that could die');
      const [fromTheStart, fromTheMiddle] = [follow(), follow(25)];
      await append(...upTo(50));
      const appending = (async () => {
        for (const number of upTo(100, 51)) await appendForCertain(number);
      })();
      await fromTheStart.until(60);
      await server.kill();
      await server.respawn();
      await appending;
      await Promise.all([fromTheStart.until(100), fromTheMiddle.until(100)]);
      expectAll(fromTheStart, 100);
      expectAll(fromTheMiddle, 100, 26);
    });

    it('does not say that an entry was refused when it cannot know (P6)', async ({ skip }) => {
      const { server } = opened;
      if (!server) return skip('there is no server that could die');
      await append(1);
      await server.kill();
      await expect(append(2)).rejects.toThrow(OutcomeUnknown);
      await server.respawn();
      await appendForCertain(2);
      expect(await log.last()).toBe(2);
    });

    it('tells a reader who read more than there is (P1)', async ({ skip }) => {
      if (!opened.replace) return skip('it never gets shorter');
      await append(...upTo(5));
      const following = follow(9);
      expect(await following.lost).toContain('ends at 5');
      expect(following.numbers).toEqual([]);
    });

    it('tells a reader when it gets shorter than what was read (P1)', async ({ skip }) => {
      if (!opened.replace) return skip('it never gets shorter');
      await append(...upTo(10));
      const following = follow();
      await following.until(10);
      await opened.replace(upTo(4).map(bytesOf));
      expect(await following.lost).toContain('ends at 4');
      expectAll(following, 10);
    });
  });
}
