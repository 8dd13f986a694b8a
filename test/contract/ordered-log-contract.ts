/** What the log that decides the order promises beyond being a log: whoever follows it misses nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Entry,
  type Following,
  LogConflict,
  type OrderedLog,
  OutcomeUnknown,
} from '../../src/log/port.ts';
import { turn } from '../support/turns.ts';

export interface OpenOrderedLog {
  /** Empty. */
  readonly log: OrderedLog;
  /** The same log as another node has it. */
  readonly second: OrderedLog;
  close(): Promise<void>;
}

/** kill -9, and back again. */
interface Server {
  kill(): Promise<void>;
  respawn(): Promise<void>;
}

/** A log that a server keeps, which can die. */
interface Served extends OpenOrderedLog {
  readonly server: Server;
}

/** A log that can be replaced by one of other entries, as after the loss of a disk. */
interface Replaceable extends OpenOrderedLog {
  replace(entries: readonly Uint8Array[]): Promise<void>;
}

/** Three servers that lost one elect for up to 9 s before they make a stream. */
const openMs = 30_000;

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

/** A log under trial, and everyone who follows it. */
class Trial<O extends OpenOrderedLog> {
  readonly opened: O;
  readonly #notes: Notes[] = [];

  constructor(opened: O) {
    this.opened = opened;
  }

  get log(): OrderedLog {
    return this.opened.log;
  }

  follow(after = 0, slow?: () => Promise<void>): Notes {
    const following = new Notes(this.log, after, slow);
    this.#notes.push(following);
    return following;
  }

  async append(...numbers: number[]): Promise<void> {
    for (const number of numbers) await this.log.append(bytesOf(number), number, `id ${number}`);
  }

  /** Appends for certain, as a leader does: asks what stands there whenever it does not know. */
  async appendForCertain(...numbers: number[]): Promise<void> {
    for (const number of numbers) while (!(await this.#isAppended(number)));
  }

  async close(): Promise<void> {
    for (const each of this.#notes) each.stop();
    await this.opened.close();
  }

  async #isAppended(number: number): Promise<boolean> {
    try {
      await this.append(number);
      return true;
    } catch (error) {
      if (!(error instanceof LogConflict || error instanceof OutcomeUnknown)) throw error;
    }
    const there = await this.log.read(number).catch(() => undefined);
    if (there) expect(Buffer.from(there).toString()).toBe(`entry ${number}`);
    return there !== undefined;
  }
}

function expectAll({ numbers, texts }: Notes, last: number, from = 1): void {
  expect(numbers).toEqual(upTo(last, from));
  expect(texts).toEqual(upTo(last, from).map((number) => `entry ${number}`));
}

/** A suite in which every test has a log of its own. */
function suite<O extends OpenOrderedLog>(
  name: string,
  open: () => Promise<O>,
  tests: (now: () => Trial<O>) => void,
): void {
  describe(name, () => {
    let trial: Trial<O>;

    beforeEach(async () => {
      trial = new Trial(await open());
    }, openMs);

    afterEach(() => trial.close());

    tests(() => trial);
  });
}

export function orderedLogContract(name: string, open: () => Promise<OpenOrderedLog>): void {
  suite(`${name} as the order of the log`, open, (now) => {
    it('brings what is there and what comes, in order and without gaps (P2)', async () => {
      await now().append(...upTo(50));
      const following = now().follow();
      await now().append(...upTo(150, 51));
      await following.until(150);
      expectAll(following, 150);
    });

    it('brings what comes after any entry, to everyone from their own (P2)', async () => {
      await now().append(...upTo(20));
      const [fromTen, fromTheEnd] = [now().follow(10), now().follow(20)];
      await now().append(...upTo(30, 21));
      await Promise.all([fromTen.until(30), fromTheEnd.until(30)]);
      expectAll(fromTen, 30, 11);
      expectAll(fromTheEnd, 30, 21);
    });

    it('waits for whoever reads slowly', async () => {
      let reading = 0;
      let atOnce = 0;
      const following = now().follow(0, async () => {
        atOnce = Math.max(atOnce, ++reading);
        await turn();
        reading -= 1;
      });
      await now().append(...upTo(30));
      await following.until(30);
      expect(atOnce).toBe(1);
      expectAll(following, 30);
    });

    it('brings nothing more to one who stopped', async () => {
      const [stopped, going] = [now().follow(), now().follow()];
      await now().append(1, 2);
      await Promise.all([stopped.until(2), going.until(2)]);
      stopped.stop();
      await now().append(3, 4);
      await going.until(4);
      expectAll(stopped, 2);
    });

    it('lets exactly one of two writers win that expect the same (P3)', async () => {
      for (const number of upTo(20)) {
        const texts = ['first', 'second'].map((writer) => `${writer} ${number}`);
        const attempts = [now().log, now().opened.second].map((writer, index) =>
          writer.append(new TextEncoder().encode(texts[index]), number, texts[index]),
        );
        const outcomes = await Promise.allSettled(attempts);
        const won = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? index : []));
        expect(won).toHaveLength(1);
        expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
          reason: expect.any(LogConflict),
        });
        expect(Buffer.from((await now().log.read(number))!).toString()).toBe(texts[won[0]!]);
      }
    });

    it('shows to one what another has appended', async () => {
      await now().append(1, 2);
      expect(await now().opened.second.last()).toBe(2);
      expect(Buffer.from((await now().opened.second.read(2))!).toString()).toBe('entry 2');
    });
  });
}

export function servedLogContract(name: string, open: () => Promise<Served>): void {
  suite(`${name}, whose server may die,`, open, (now) => {
    it('goes on after the death of its server, without a gap and without a repeat (P1, P2)', async () => {
      const { server } = now().opened;
      const [fromTheStart, fromTheMiddle] = [now().follow(), now().follow(25)];
      await now().append(...upTo(50));
      const appending = now().appendForCertain(...upTo(100, 51));
      await fromTheStart.until(60);
      await server.kill();
      await server.respawn();
      await appending;
      await Promise.all([fromTheStart.until(100), fromTheMiddle.until(100)]);
      expectAll(fromTheStart, 100);
      expectAll(fromTheMiddle, 100, 26);
    });

    it('does not say that an entry was refused when it cannot know (P6)', async () => {
      const { server } = now().opened;
      await now().append(1);
      await server.kill();
      await expect(now().append(2)).rejects.toThrow(OutcomeUnknown);
      await server.respawn();
      await now().appendForCertain(2);
      expect(await now().log.last()).toBe(2);
    });
  });
}

export function replaceableLogContract(name: string, open: () => Promise<Replaceable>): void {
  suite(`${name}, whose disk may be lost,`, open, (now) => {
    it('tells a reader who read more than there is (P1)', async () => {
      await now().append(...upTo(5));
      const following = now().follow(9);
      expect(await following.lost).toContain('ends at 5');
      expect(following.numbers).toEqual([]);
    });

    it('tells a reader when it gets shorter than what was read (P1)', async () => {
      await now().append(...upTo(10));
      const following = now().follow();
      await following.until(10);
      await now().opened.replace(upTo(4).map(bytesOf));
      expect(await following.lost).toContain('ends at 4');
      expectAll(following, 10);
    });
  });
}
