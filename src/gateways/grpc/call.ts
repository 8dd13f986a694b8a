/** One call: who calls, how long its work is worth trying, when to stop it, and how it ends. */
import { setMaxListeners } from 'node:events';
import {
  Metadata,
  type ServerDuplexStream,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import type { UserClient } from '../../client/client.ts';
import { Refused, Unanswered } from '../../client/errors.ts';
import type { Clock } from '../../client/time.ts';
import { failureOf, gatewayRefused } from '../failure.ts';
import { unlessAborted } from './aborting.ts';
import type { Connection, Lease } from './connection.ts';
import { type Ending, endingOf } from './status.ts';

/** What is known of a call, whatever its kind. */
export interface Incoming {
  readonly metadata: Metadata;
  getPeer(): string;
  getDeadline(): Date | number;
  on(event: 'cancelled', listener: () => void): unknown;
}

type Answering = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

export interface CallOptions {
  readonly incoming: Incoming;
  readonly connection: Connection;
  /** How long anything is tried where the call has no deadline, or a later one. */
  readonly patienceMs: number;
  readonly clock: Clock;
  log(line: string): void;
  /** Nobody waits for it any more. */
  ended(): void;
}

/** An answer on its way takes time, too: one that says what is known should be there before the client gives up. */
const marginMs = { share: 0.1, max: 200 };

/** Each message under way listens for the end: some ten times what Node takes for a leak. */
const listenersMax = 128;

const positionKey = 'verbatim-position';

export class Call {
  readonly #options: CallOptions;
  readonly #stop = new AbortController();
  readonly #tryUntilMs: number;
  #lease: Lease | undefined;

  constructor(options: CallOptions) {
    const { incoming, patienceMs, clock } = options;
    this.#options = options;
    setMaxListeners(listenersMax, this.signal);
    const leftMs = Number(incoming.getDeadline()) - clock.wallMs(); // as the library has it
    this.#tryUntilMs =
      clock.monotonicMs() +
      Math.min(patienceMs, leftMs - Math.min(Math.max(0, leftMs) * marginMs.share, marginMs.max));
    incoming.on('cancelled', () => this.abort(new Unanswered('unknown', 'the call was cancelled')));
  }

  /** Aborted when the client has cancelled, the deadline has passed, or the gateway ends the call. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get connection(): Connection {
    return this.#options.connection;
  }

  /** How long it is still worth trying; at least 1 ms. */
  leftMs(): number {
    return Math.max(1, this.#tryUntilMs - this.clock.monotonicMs());
  }

  /** Never resolves: the call goes on until it is aborted, and fails with why. */
  async cancelled(): Promise<never> {
    return await unlessAborted(this.signal, new Promise<never>(() => undefined));
  }

  abort(problem: Error): void {
    this.#stop.abort(problem);
  }

  /** @throws {Refused} `not-logged-in` without one. */
  get token(): string {
    const [word] = this.#options.incoming.metadata.get('authorization');
    const token = /^Bearer +(\S+)$/i.exec(String(word ?? ''))?.[1];
    if (token !== undefined) return token;
    const message =
      'Say who you are by the metadata `authorization: Bearer TOKEN`, with what LogIn answered.';
    throw new Refused('not-logged-in', message);
  }

  /**
   * Whoever the token is of, on a connection to the broker that calls share.
   * @throws {Refused}, {Unanswered}.
   */
  async user(): Promise<UserClient> {
    this.#lease ??= await this.connection.lease(this.token, this.#position, this.leftMs());
    return this.#lease.caller.user;
  }

  /** The same, on a connection of the call's own, which ends with it, as it ends the call. */
  async ownUser(): Promise<UserClient> {
    const ended = (problem: Error) => this.abort(problem);
    this.#lease = await this.connection.open(this.token, this.#position, this.leftMs(), ended);
    return this.#lease.caller.user;
  }

  /** Answers a call that has one answer. */
  finish(answer: Promise<Buffer>, callback: sendUnaryData<Buffer>): void {
    answer
      .then(
        (bytes) => callback(null, bytes, this.#trailer()),
        (error: unknown) => callback(this.#endingFor(error)),
      )
      .finally(() => this.#over());
  }

  /** Ends a call that has been answered by messages. */
  end(work: Promise<void>, stream: Answering): void {
    work
      .then(
        () => stream.end(this.#trailer()),
        (error: unknown) => stream.emit('error', this.#endingFor(error)),
      )
      .finally(() => this.#over());
  }

  #over(): void {
    this.#lease?.release();
    this.#options.ended();
    this.abort(gatewayRefused('going-away')); // whatever of it still waits
  }

  #endingFor(error: unknown): Ending {
    const id = error instanceof Unanswered ? error.id : undefined;
    return endingOf(failureOf(error, this.#options.log), id);
  }

  /** How far the user's clients have read: brought along by the next call, on whichever connection, reads never go back (P7). */
  #trailer(): Metadata {
    const metadata = new Metadata();
    const position = this.#lease?.caller.loggedIn?.position;
    if (position !== undefined) metadata.set(positionKey, String(position));
    return metadata;
  }

  /** @throws {Refused} `malformed`. */
  get #position(): number {
    const [word] = this.#options.incoming.metadata.get(positionKey);
    if (word === undefined) return 0;
    if (/^\d{1,15}$/.test(String(word))) return Number(word);
    throw new Refused('malformed', `The metadata \`${positionKey}\` is a number that a trailer has said.`);
  }
}
