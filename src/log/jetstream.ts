/**
 * The ordered log in JetStream: one stream a generation, and the stream's sequence is the entry's number.
 *
 * What the stream is relied on for is little and measured: it stores with fsync before it answers, it compares the
 * expected last sequence, and its leader can be asked what stands at a sequence. Answers of a failed publish are not
 * relied on: they become `LogConflict` or `OutcomeUnknown`, and the appender reads back.
 *
 * On a cluster of servers three of them keep the stream. When the one that leads it dies, nobody answers for the 4 to 9 s
 * that the others take to elect; so questions are put again soon, and the first answer counts. The last message's id is
 * never expected: on three servers one mismatch has frozen a stream.
 */
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type PubAck,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { JetStreamFollowing } from './jetstream-following.ts';
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
const NOT_AVAILABLE_NOW = 10008;
/** Well below the time after which a leader without a successful append counts as unhealthy. */
const appendTimeoutMs = 300;
const createTimeoutMs = 2_000;
const questionAgainMs = 150;
const questionsMax = 7;
/** For what is known already, and may have changed. */
const questionsToRefresh = 2;
const questionTimeoutMs = questionAgainMs * questionsMax;
/** Of a stream on a cluster of servers: one of them may be lost. */
const replicasOfCluster = 3;

/** Nobody answers for it: its servers are gone, or elect. */
class StreamSilent extends Error {
  override readonly name = 'StreamSilent';
}

export interface StreamPlace {
  readonly stream: string;
  readonly subject: string;
}

const streamPrefix = 'VERBATIM_';
const subjectPrefix = 'verbatim.log.';

/**
 * The streams of all generations on one connection.
 *
 * Which there are only the servers' own leader can say. While three servers elect one, the last answer counts: nobody
 * can make a stream meanwhile, and one that was made since then is heard of from the nodes that lead there.
 */
export class JetStreamLogs implements OrderedLogs {
  readonly #connection: NatsConnection;
  #newest = 0;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  async newest(): Promise<number> {
    const manager = await managerOn(this.#connection);
    const ask = () => collect(manager.streams.names(`${subjectPrefix}*`));
    const isKnown = this.#newest > 0;
    const names = await again(ask, isKnown ? questionsToRefresh : questionsMax).catch((error: unknown) => {
      if (isKnown && error instanceof StreamSilent) return undefined;
      throw error;
    });
    if (names) this.#newest = Math.max(0, ...names.flatMap(generationOf));
    return this.#newest;
  }

  async open(generation: number, create: boolean): Promise<JetStreamLog | undefined> {
    const place = { stream: `${streamPrefix}${generation}`, subject: `${subjectPrefix}${generation}` };
    const log = await JetStreamLog.open(this.#connection, place, create);
    if (log) this.#newest = Math.max(this.#newest, generation);
    return log;
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
    const manager = await managerOn(connection);
    const log = new JetStreamLog(place, jetstream(connection, { timeout: createTimeoutMs }), manager);
    if (await log.#exists()) return log; // with the replicas that it has: to change them is an operator's decision
    if (!create) return undefined;
    const replicas = connection.info?.cluster ? replicasOfCluster : 1;
    await manager.streams.add(streamConfig(place, replicas));
    return log;
  }

  async last(): Promise<number> {
    return await again(async () => endAsLed(await this.#manager.streams.info(this.#place.stream)));
  }

  async append(bytes: Uint8Array, number: number, id?: string): Promise<void> {
    const { duplicate, seq } = await this.#publish(bytes, number, id);
    // Three servers look for repeats before they look at the expectation, and they know them by the id alone.
    if (duplicate) throw new LogConflict(`entry ${number} was stored before`);
    if (seq !== number) throw new OutcomeUnknown(`entry ${number} was stored at ${seq}`);
  }

  /** Asks the stream's leader: a replica may answer from the past. */
  async read(number: number): Promise<Uint8Array | undefined> {
    return (await again(() => this.#manager.streams.getMessage(this.#place.stream, { seq: number })))?.data;
  }

  async *range(from: number, to?: number): AsyncIterable<Entry> {
    const end = Math.min(to ?? Number.POSITIVE_INFINITY, await this.last());
    for (let number = from; number <= end; number++) {
      const bytes = await this.read(number);
      if (bytes) yield { number, bytes };
    }
  }

  follow(after: number, reader: LogReader): Following {
    const followed = { client: this.#client, stream: this.#place.stream, log: this };
    const following = new JetStreamFollowing(followed, after, reader);
    void following.run();
    return following;
  }

  async #publish(bytes: Uint8Array, number: number, id: string | undefined): Promise<PubAck> {
    const expect = { lastSequence: number - 1, streamName: this.#place.stream };
    const options = { expect, ...(id ? { msgID: id } : {}), retries: 0, timeout: appendTimeoutMs };
    try {
      return await this.#client.publish(this.#place.subject, bytes, options);
    } catch (cause) {
      if (cause instanceof JetStreamApiError && cause.code === WRONG_LAST_SEQUENCE) {
        throw new LogConflict(`entry ${number} is not the next one`, { cause });
      }
      throw new OutcomeUnknown(`no word on entry ${number}`, { cause });
    }
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

/** Servers elect another leader after 4 s at the soonest: one that has heard of most of them since is the only one. */
const electedAfterNs = 4e9;

/**
 * Where the stream ends. While nobody leads it, any of its servers may answer from its own past, which is the further
 * back the longer it was cut off; and a leader that was cut off calls itself leader until it hears of the next.
 * @throws {StreamSilent} when the answer is such a one.
 */
export function endAsLed({ cluster, state }: Pick<StreamInfo, 'cluster' | 'state'>): number {
  if (!cluster) return state.last_seq;
  const { leader, replicas = [] } = cluster;
  const inTouch = 1 + replicas.filter(({ active }) => active < electedAfterNs).length;
  if (!leader || 2 * inTouch <= 1 + replicas.length) throw new StreamSilent('nobody leads the stream');
  return state.last_seq;
}

function generationOf(stream: string): number | [] {
  const generation = Number(stream.slice(streamPrefix.length));
  return stream.startsWith(streamPrefix) && Number.isSafeInteger(generation) ? generation : [];
}

/** Without asking for the account first: the servers' own leader would have to answer, and the stream does not need it. */
function managerOn(connection: NatsConnection): Promise<JetStreamManager> {
  return jetstreamManager(connection, { timeout: questionTimeoutMs, checkAPI: false });
}

async function collect(names: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const name of names) all.push(name);
  return all;
}

/**
 * Puts a question again and again until somebody answers: whoever was asked may have died, or leads only in a moment.
 * @throws {LogGone} where there is no such stream, {JetStreamApiError} as answered, {StreamSilent} when nobody answered.
 */
function again<T>(question: () => Promise<T>, times = questionsMax): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let left = times;
    const put = () => {
      if (left-- === 0) return end(() => reject(new StreamSilent('the stream does not answer')));
      question().then(
        (answer) => end(() => resolve(answer)),
        (error: unknown) => isAnswer(error) && end(() => reject(asOurs(error))),
      );
    };
    const timer = setInterval(put, questionAgainMs);
    const end = (settle: () => void) => {
      clearInterval(timer);
      settle();
    };
    put();
  });
}

function asOurs(error: JetStreamApiError): Error {
  return error.name === 'StreamNotFoundError' ? new LogGone('the stream is gone', { cause: error }) : error;
}

function isAnswer(error: unknown): error is JetStreamApiError {
  return error instanceof JetStreamApiError && error.code !== NOT_AVAILABLE_NOW;
}

function streamConfig({ stream, subject }: StreamPlace, replicas: number) {
  return {
    name: stream,
    subjects: [subject],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    num_replicas: replicas,
    allow_direct: false,
    deny_delete: true,
    deny_purge: true,
  };
}
