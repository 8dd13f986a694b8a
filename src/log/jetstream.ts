/**
 * The ordered log in JetStream: one stream a generation, and the stream's sequence is the entry's number.
 *
 * What the stream is relied on for is little and measured: it stores with fsync before it answers, it compares the
 * expected last sequence, and its leader can be asked what stands at a sequence. Answers of a failed publish are not
 * relied on: they become `LogConflict` or `OutcomeUnknown`, and the appender reads back.
 *
 * Reading uses an ordered push consumer. Two of its traps are covered by the watchdog: it notices a stalled consumer
 * only after a minute, and a consumer that starts beyond a truncated stream's end waits in silence.
 */
import {
  type ConsumerMessages,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import {
  type Entry,
  type Following,
  LogConflict,
  LogGone,
  type LogReader,
  type OrderedLog,
  type OrderedLogs,
  OutcomeUnknown,
} from './port.ts';

const WRONG_LAST_SEQUENCE = 10071;
/** Well below the time after which a leader without a successful append counts as unhealthy. */
const appendTimeoutMs = 400;
const requestTimeoutMs = 2_000;
const watchdogMs = 500;

export interface StreamPlace {
  readonly stream: string;
  readonly subject: string;
}

const streamPrefix = 'VERBATIM_';
const subjectPrefix = 'verbatim.log.';

/** The streams of all generations on one connection. */
export class JetStreamLogs implements OrderedLogs {
  readonly #connection: NatsConnection;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  async newest(): Promise<number> {
    const manager = await jetstreamManager(this.#connection, { timeout: requestTimeoutMs, checkAPI: false });
    let newest = 0;
    for await (const name of manager.streams.names(`${subjectPrefix}*`)) {
      const generation = Number(name.slice(streamPrefix.length));
      if (name.startsWith(streamPrefix) && Number.isSafeInteger(generation))
        newest = Math.max(newest, generation);
    }
    return newest;
  }

  open(generation: number, create: boolean): Promise<JetStreamLog | undefined> {
    const place = { stream: `${streamPrefix}${generation}`, subject: `${subjectPrefix}${generation}` };
    return JetStreamLog.open(this.#connection, place, create);
  }
}

export class JetStreamLog implements OrderedLog {
  readonly #place: StreamPlace;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;

  private constructor(place: StreamPlace, client: JetStreamClient, manager: JetStreamManager) {
    this.#place = place;
    this.#client = client;
    this.#manager = manager;
  }

  /** Opens the stream; creates it where `create` says so and it does not exist. Undefined where it does not exist. */
  static async open(
    connection: NatsConnection,
    place: StreamPlace,
    create: boolean,
  ): Promise<JetStreamLog | undefined> {
    const manager = await jetstreamManager(connection, { timeout: requestTimeoutMs });
    const log = new JetStreamLog(place, jetstream(connection, { timeout: requestTimeoutMs }), manager);
    if (create) await manager.streams.add(streamConfig(place));
    else if (!(await log.#exists())) return undefined;
    return log;
  }

  async last(): Promise<number> {
    return (await tellGone(this.#manager.streams.info(this.#place.stream))).state.last_seq;
  }

  async append(bytes: Uint8Array, number: number, id?: string): Promise<void> {
    const expect = { lastSequence: number - 1, streamName: this.#place.stream };
    try {
      const options = { expect, ...(id ? { msgID: id } : {}), retries: 0, timeout: appendTimeoutMs };
      const stored = await this.#client.publish(this.#place.subject, bytes, options);
      if (!stored.duplicate && stored.seq === number) return;
    } catch (cause) {
      if (cause instanceof JetStreamApiError && cause.code === WRONG_LAST_SEQUENCE) {
        throw new LogConflict(`entry ${number} is not the next one`, { cause });
      }
      throw new OutcomeUnknown(`no word on entry ${number}`, { cause });
    }
    throw new OutcomeUnknown(`entry ${number} was stored before, somewhere`);
  }

  /** Asks the stream's leader: a replica may answer from the past. */
  async read(number: number): Promise<Uint8Array | undefined> {
    return (await tellGone(this.#manager.streams.getMessage(this.#place.stream, { seq: number })))?.data;
  }

  async *range(from: number, to?: number): AsyncIterable<Entry> {
    const end = Math.min(to ?? Number.POSITIVE_INFINITY, await this.last());
    for (let number = from; number <= end; number++) {
      const bytes = await this.read(number);
      if (bytes) yield { number, bytes };
    }
  }

  follow(after: number, reader: LogReader): Following {
    const consumption = new Consumption(this.#client, this.#place.stream, after, reader, () => this.last());
    void consumption.run();
    return consumption;
  }

  async #exists(): Promise<boolean> {
    try {
      await this.last();
      return true;
    } catch (error) {
      if (error instanceof LogGone) return false;
      throw error;
    }
  }
}

/** One reader's ordered consumer, replaced by a new one whenever it stands still while the log goes on. */
class Consumption implements Following {
  readonly #client: JetStreamClient;
  readonly #stream: string;
  readonly #reader: LogReader;
  readonly #last: () => Promise<number>;
  #number: number;
  #messages: ConsumerMessages | undefined;
  #stopped = false;

  constructor(
    client: JetStreamClient,
    stream: string,
    after: number,
    reader: LogReader,
    last: () => Promise<number>,
  ) {
    this.#client = client;
    this.#stream = stream;
    this.#number = after;
    this.#reader = reader;
    this.#last = last;
  }

  async run(): Promise<void> {
    const watchdog = setInterval(() => void this.#watch(), watchdogMs);
    while (!this.#stopped) {
      try {
        await this.#consume();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, watchdogMs / 5)); // no server, or no stream: try again
      }
    }
    clearInterval(watchdog);
  }

  stop(): void {
    this.#stopped = true;
    this.#messages?.stop();
  }

  async #consume(): Promise<void> {
    const consumer = await this.#client.consumers.getPushConsumer(this.#stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#number + 1,
    });
    this.#messages = await consumer.consume();
    if (this.#stopped) this.#messages.stop();
    for await (const message of this.#messages) {
      if (this.#stopped || message.seq !== this.#number + 1) break;
      await this.#reader.entry({ number: message.seq, bytes: message.data });
      this.#number = message.seq;
    }
    this.#messages.stop();
  }

  #before = -1;

  /** Two looks apart without progress although there is something to read: the consumer is stuck. */
  async #watch(): Promise<void> {
    const before = this.#before;
    this.#before = this.#number;
    const last = await this.#last().catch((error: unknown) =>
      error instanceof LogGone ? 'gone' : undefined,
    );
    if (last === undefined || this.#stopped) return;
    if (last === 'gone' || last < before) {
      this.stop();
      const what = last === 'gone' ? 'is gone' : `ends at ${last}, but ${before} was read from it`;
      this.#reader.lost(`the stream ${what}`);
    } else if (last > this.#number && this.#number === before) this.#messages?.stop();
  }
}

/** @throws {LogGone} where the server says that there is no such stream. */
async function tellGone<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    const isGone = cause instanceof JetStreamApiError && cause.name === 'StreamNotFoundError';
    throw isGone ? new LogGone('the stream is gone', { cause }) : cause;
  }
}

function streamConfig({ stream, subject }: StreamPlace) {
  return {
    name: stream,
    subjects: [subject],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    num_replicas: 1,
    allow_direct: false,
    deny_delete: true,
    deny_purge: true,
  };
}
