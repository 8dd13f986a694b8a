/**
 * Following a stream: every entry after a given one, in order and once, whatever dies meanwhile.
 *
 * The quick way is an ordered push consumer. But a consumer lives on one server and falls silent in several ways without
 * a word: its server dies, it was put on a server that died just now, it began beyond the end of a truncated stream; the
 * library itself would notice after a minute. And on a cluster of servers a new one needs the cluster's own leader, whose
 * election can take 9 s while the stream itself works.
 *
 * So the stream's end is looked at, and a consumer that stands still while the log goes on is not trusted any more. Until
 * there is a new one, entries are read by hand: the stream's leader is asked for the next, again and again. Both ways may
 * overlap; entries are taken one at a time, and only the next one is.
 */
import { type ConsumerMessages, DeliverPolicy, type JetStreamClient } from '@nats-io/jetstream';
import { type Entry, type Following, LogGone, type LogReader, type OrderedLog } from './port.ts';

const lookMs = 250;
/** There is more to read and nothing came for so long: the consumer is silent. */
const silentMs = 100;
const byHandMs = 50;
const retryMs = 100;
/** A server that just began to lead might answer from the past, so one look does not tell of a loss. */
const looksBeforeLoss = 3;

export interface Followed {
  readonly client: JetStreamClient;
  readonly stream: string;
  readonly log: Pick<OrderedLog, 'last' | 'read'>;
}

export class JetStreamFollowing implements Following {
  readonly #followed: Followed;
  readonly #reader: LogReader;
  #number: number;
  /** Of the consumer that is trusted. */
  #messages: ConsumerMessages | undefined;
  /** The entry that is being taken; the next one waits for it. */
  #taking: Promise<unknown> = Promise.resolve();
  #isTaking = false;
  #isReadingByHand = false;
  #isLooking = false;
  /** Looks in a row that found less than was read. */
  #missing = 0;
  #stopped = false;

  constructor(followed: Followed, after: number, reader: LogReader) {
    this.#followed = followed;
    this.#number = after;
    this.#reader = reader;
  }

  async run(): Promise<void> {
    const watchdog = setInterval(() => void this.#look(), lookMs);
    while (!this.#stopped) {
      void this.#readByHand();
      await this.#consume().catch(() => pause(retryMs)); // no server, no stream, or nobody who makes consumers: try again
      this.#messages = undefined;
    }
    clearInterval(watchdog);
  }

  stop(): void {
    this.#stopped = true;
    this.#messages?.stop();
  }

  async #consume(): Promise<void> {
    const { client, stream } = this.#followed;
    const consumer = await client.consumers.getPushConsumer(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#number + 1,
    });
    const messages = await consumer.consume();
    this.#messages = messages;
    try {
      if (this.#stopped) messages.stop();
      for await (const { seq: number, data: bytes } of messages) {
        if (!(await this.#take({ number, bytes }))) break;
      }
    } finally {
      messages.stop();
      consumer.delete().catch(() => undefined); // else the server keeps it for some minutes
    }
  }

  /** Until there is a consumer. */
  async #readByHand(): Promise<void> {
    if (this.#isReadingByHand) return;
    this.#isReadingByHand = true;
    while (!this.#messages && !this.#stopped) {
      const number = this.#number + 1;
      const bytes = await this.#followed.log.read(number).catch(() => undefined);
      if (!bytes || !(await this.#take({ number, bytes }).catch(() => false))) await pause(byHandMs);
    }
    this.#isReadingByHand = false;
  }

  /** @returns whether the reader has it now; false when entries before it are missing. */
  #take(entry: Entry): Promise<boolean> {
    const taken = this.#taking.then(async () => {
      if (this.#stopped || entry.number > this.#number + 1) return false;
      if (entry.number <= this.#number) return true;
      this.#isTaking = true;
      try {
        await this.#reader.entry(entry);
        this.#number = entry.number;
      } finally {
        this.#isTaking = false;
      }
      return true;
    });
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#stopped) return;
    this.#isLooking = true;
    const before = this.#number;
    const last = await this.#followed.log
      .last()
      .catch((error: unknown) => (error instanceof LogGone ? 'gone' : undefined));
    if (last === 'gone') this.#missed('the stream is gone');
    else if (last === undefined) this.#messages?.stop();
    else if (last < before) this.#missed(`the stream ends at ${last}, but ${before} was read from it`);
    else {
      this.#missing = 0;
      if (last > before && (await this.#isSilent(before))) this.#messages?.stop();
    }
    this.#isLooking = false;
  }

  /** A reader that takes its time is no reason for suspicion. */
  async #isSilent(before: number): Promise<boolean> {
    await pause(silentMs);
    return this.#number === before && !this.#isTaking;
  }

  #missed(reason: string): void {
    this.#missing += 1;
    if (this.#missing < looksBeforeLoss || this.#stopped) return;
    this.stop();
    this.#reader.lost(reason);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
