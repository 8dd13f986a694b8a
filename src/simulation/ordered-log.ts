/**
 * The ordered log port, spoken to a simulated stream over a connection that may fail at any point.
 *
 * What makes appending hard is here: a publish that never arrives, one that is stored but whose answer is lost, one
 * that arrives after its sender gave up. Reading goes by an ordered push consumer with the real one's watchdog.
 */
import { Frame } from '../events/frame.ts';
import {
  type Entry,
  type Following,
  LogConflict,
  LogGone,
  type LogReader,
  type OrderedLog,
  OutcomeUnknown,
} from '../log/port.ts';
import { delay, every, within } from '../ports/clock.ts';
import type { SeededRandom } from './random.ts';
import type { Consumer, SimulatedStream } from './stream.ts';
import type { Wire } from './wire.ts';

/**
 * What becomes of an append; `unanswered` ones are stored, `late` ones arrive after their sender may have given up,
 * `doubled` ones arrive twice, and only the second is answered.
 */
export type AppendFate = 'answered' | 'unanswered' | 'lost' | 'late' | 'doubled';

/** What may happen to appends; part of the weather of a world, so it can change at any time. */
export interface AppendTrouble {
  /** Of each kind of trouble. */
  chance: number;
  /** Until then the stream answers nothing. */
  hungUntilMs: number;
  /** What comes late and is of an epoch that is over is stored nevertheless, which a real server never does. */
  storesStale?: boolean;
  /** What becomes of the next append, whatever the chances are. */
  next?: AppendFate | undefined;
}

const appendTimeoutMs = 1_000;
const requestTimeoutMs = 2_000;
const fsyncMs = { min: 0.3, max: 2 };
const lateMs = { min: 200, max: 2_500 };
const watchdogMs = 500;
const retryMs = 100;

export class SimulatedLog implements OrderedLog {
  readonly #stream: SimulatedStream;
  readonly #wire: Wire;
  readonly #trouble: AppendTrouble;
  readonly #random: SeededRandom;

  constructor(stream: SimulatedStream, wire: Wire, trouble: AppendTrouble) {
    this.#stream = stream;
    this.#wire = wire;
    this.#trouble = trouble;
    this.#random = wire.process.random;
  }

  last(): Promise<number> {
    return this.#ask(() => this.#stream.last);
  }

  read(number: number): Promise<Uint8Array | undefined> {
    return this.#ask(() => this.#stream.read(number));
  }

  async #ask<T>(question: () => T): Promise<T> {
    const answer = await askServer(this.#wire, this.#trouble, () =>
      this.#stream.isGone ? undefined : { value: question() },
    );
    if (!answer) throw new LogGone('the stream is gone');
    return answer.value;
  }

  async *range(from: number, to = Number.POSITIVE_INFINITY): AsyncIterable<Entry> {
    const end = Math.min(to, await this.last());
    for (let number = from; number <= end; number++) {
      const bytes = await this.read(number);
      if (bytes) yield { number, bytes };
    }
  }

  async append(bytes: Uint8Array, number: number): Promise<void> {
    const answer = new Promise<boolean>((resolve) => {
      this.#publish(bytes, number, resolve);
    });
    const isStored = await within(this.#wire.process, appendTimeoutMs, answer);
    if (isStored === undefined) throw new OutcomeUnknown(`no word on entry ${number}`);
    if (!isStored) throw new LogConflict(`entry ${number} is not the next one`);
  }

  follow(after: number, reader: LogReader): Following {
    const consumption = new Consumption(this, this.#stream, this.#wire, after, reader);
    consumption.begin();
    return consumption;
  }

  /** One way to the server and one way back, each of which may be the last. */
  #publish(bytes: Uint8Array, number: number, answer: (isStored: boolean) => void): void {
    const fate = this.#fate();
    const { timeline } = this.#wire.process;
    if (fate === 'lost') return;
    if (fate === 'late') {
      timeline.after(this.#random.between(lateMs.min, lateMs.max), () => this.#arriveLate(bytes, number));
      return;
    }
    this.#wire.send((session) => {
      whenAnswering(this.#wire, this.#trouble, () => {
        if (!session.isAlive || this.#stream.isGone) return;
        if (fate === 'doubled') this.#stream.append(bytes, number);
        const isStored = this.#stream.append(bytes, number);
        if (fate === 'unanswered') return;
        this.#answer(() => this.#wire.deliver(session, () => answer(isStored)));
      });
    });
  }

  #arriveLate(bytes: Uint8Array, number: number): void {
    if (!this.#wire.isServerUp || this.#stream.isGone) return;
    const isStored = this.#stream.append(bytes, number);
    const last = this.#stream.read(this.#stream.last);
    const isStale = last !== undefined && epochOf(bytes) < epochOf(last);
    if (!isStored && isStale && this.#trouble.storesStale) this.#stream.stray(bytes);
  }

  #fate(): AppendFate {
    const { next, chance } = this.#trouble;
    this.#trouble.next = undefined;
    if (next) return next;
    for (const fate of ['lost', 'unanswered', 'late', 'doubled'] as const)
      if (this.#random.chance(chance)) return fate;
    return 'answered';
  }

  #answer(deliver: () => void): void {
    this.#wire.process.timeline.after(this.#random.between(fsyncMs.min, fsyncMs.max), deliver);
  }
}

function epochOf(bytes: Uint8Array): number {
  return Frame.decode(bytes).header.epoch;
}

/** A question to the stream's server, which it answers when it is not hung. @throws when no answer comes. */
export async function askServer<T>(
  wire: Wire,
  trouble: Readonly<AppendTrouble>,
  question: () => T,
): Promise<T> {
  const answer = new Promise<{ value: T }>((resolve) => {
    wire.send((session) => {
      whenAnswering(wire, trouble, () => {
        const value = question();
        wire.deliver(session, () => resolve({ value }));
      });
    });
  });
  const answered = await within(wire.process, requestTimeoutMs, answer);
  if (!answered) throw new Error('the stream did not answer');
  return answered.value;
}

function whenAnswering(
  { process: { timeline } }: Wire,
  { hungUntilMs }: Readonly<AppendTrouble>,
  task: () => void,
): void {
  if (hungUntilMs > timeline.nowMs) timeline.after(hungUntilMs - timeline.nowMs, task);
  else task();
}

/** One reader's consumer, replaced whenever it stands still while the log goes on. */
class Consumption implements Following {
  readonly #log: SimulatedLog;
  readonly #stream: SimulatedStream;
  readonly #wire: Wire;
  readonly #reader: LogReader;
  readonly #watchdog: { stop(): void };
  #consumer: Consumer | undefined;
  #arrived: Entry[] = [];
  #isReading = false;
  #isStopped = false;
  /** Of the last entry read. */
  #number: number;
  #before = -1;

  constructor(log: SimulatedLog, stream: SimulatedStream, wire: Wire, after: number, reader: LogReader) {
    this.#log = log;
    this.#stream = stream;
    this.#wire = wire;
    this.#number = after;
    this.#reader = reader;
    this.#watchdog = every(wire.process, watchdogMs, () => void this.#watch());
  }

  /** A consumer that is made anew starts after what was read, and what the one before still brings is not heard. */
  begin(): void {
    const next = this.#number + 1;
    this.#arrived = [];
    this.#wire.send((session) => {
      const consumer: Consumer = {
        session,
        next,
        isStuck: false,
        push: (entry) => this.#wire.deliver(session, () => this.#receive(consumer, entry)),
      };
      this.#drop();
      this.#consumer = consumer;
      this.#stream.addConsumer(consumer);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#watchdog.stop();
    this.#arrived = [];
    this.#drop();
  }

  #drop(): void {
    const before = this.#consumer;
    this.#stream.dropConsumers((consumer) => consumer === before);
  }

  #receive(consumer: Consumer, entry: Entry): void {
    if (this.#isStopped || consumer !== this.#consumer) return;
    this.#arrived.push(entry);
    if (!this.#isReading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    for (let entry = this.#arrived.shift(); entry && !this.#isStopped; entry = this.#arrived.shift()) {
      if (entry.number <= this.#number) continue;
      if (entry.number > this.#number + 1) {
        await delay(this.#wire.process, retryMs);
        this.begin();
        break;
      }
      this.#number = entry.number;
      await this.#reader.entry(entry);
    }
    this.#isReading = false;
  }

  /** Two looks apart without progress although there is something to read: the consumer is stuck. */
  async #watch(): Promise<void> {
    const before = this.#before;
    this.#before = this.#number;
    const last = await this.#log
      .last()
      .catch((error: unknown) => (error instanceof LogGone ? -1 : undefined));
    if (last === undefined || this.#isStopped) return;
    if (last < before) {
      this.stop();
      this.#reader.lost(last < 0 ? 'the stream is gone' : `the stream ends at ${last} of ${before}`);
    } else if (last > this.#number && this.#number === before) this.begin();
  }
}
