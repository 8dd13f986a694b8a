/** The server's side of core NATS: who is there, who listens to what, and who gets a message. At most once. */
import type { SeededRandom } from './random.ts';
import type { Connection, Listening, Server, Session } from './session.ts';
import type { SimulatedStream } from './stream.ts';

export interface BrokerOptions {
  /** Told of every message that a process publishes. */
  heard(from: Connection, subject: string, data: Uint8Array): void;
  newStream(): SimulatedStream;
}

export class Broker implements Server {
  /** By generation. */
  readonly #streams = new Map<number, SimulatedStream>();
  readonly #options: BrokerOptions;
  readonly #random: SeededRandom;
  readonly #connections = new Set<Connection>();
  readonly #sessions = new Set<Session>();
  #isUp = true;

  constructor(random: SeededRandom, options: BrokerOptions) {
    this.#random = random;
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The stream of a generation, made where it is missing if `create`. */
  stream(generation: number, create = false): SimulatedStream | undefined {
    if (create && !this.#streams.has(generation)) this.#streams.set(generation, this.#options.newStream());
    return this.#streams.get(generation);
  }

  /** The highest generation that has a stream, 0 when there is none. */
  get newest(): number {
    return Math.max(0, ...this.#streams.keys());
  }

  /** As if somebody had deleted them, or the server's disk were lost. */
  loseStreams(): void {
    this.exchangeStreams(new Map());
  }

  /** The server gets another disk. @returns what was on the one before. */
  exchangeStreams(others: ReadonlyMap<number, SimulatedStream>): Map<number, SimulatedStream> {
    const before = new Map(this.#streams);
    for (const stream of before.values()) {
      stream.isGone = true;
      stream.dropConsumers(() => true);
    }
    this.#streams.clear();
    for (const [generation, stream] of others) {
      stream.isGone = false;
      this.#streams.set(generation, stream);
    }
    return before;
  }

  attach(connection: Connection): void {
    this.#connections.add(connection);
  }

  welcome(connection: Connection): Session {
    const session: Session = { connection, subscriptions: new Set(), isAlive: true };
    this.#sessions.add(session);
    return session;
  }

  forget(session: Session): void {
    session.isAlive = false;
    this.#sessions.delete(session);
    for (const stream of this.#streams.values())
      stream.dropConsumers((consumer) => consumer.session === session);
    if (session.connection.process.isDead) this.#connections.delete(session.connection);
  }

  /** Killed: what it stored is on its disk, everything else is gone. */
  stop(): void {
    this.#isUp = false;
    for (const session of [...this.#sessions]) this.forget(session);
    for (const connection of this.#connections) connection.dropped();
  }

  start(): void {
    this.#isUp = true;
  }

  /** @returns whether anybody listens there. */
  publish(from: Connection, subject: string, data: Uint8Array, reply?: string): boolean {
    this.#options.heard(from, subject, data);
    const groups = new Map<string, [Session, Listening][]>();
    let isHeard = false;
    for (const session of this.#sessions) {
      for (const listening of session.subscriptions) {
        if (!listening.covers(subject)) continue;
        isHeard = true;
        if (listening.queue === undefined) this.#deliver(session, listening, subject, data, reply);
        else groups.set(listening.queue, [...(groups.get(listening.queue) ?? []), [session, listening]]);
      }
    }
    for (const members of groups.values()) {
      const [session, listening] = this.#random.pick(members as [[Session, Listening]]); // a group begins with one
      this.#deliver(session, listening, subject, data, reply);
    }
    return isHeard;
  }

  #deliver(session: Session, listening: Listening, subject: string, data: Uint8Array, reply?: string): void {
    session.connection.deliver(session, () => listening.hear(subject, data, reply));
  }
}

/** Whether a subject is covered by a subscription's, which may have `*` for one token and `>` for the rest. */
export function matcher(pattern: string): (subject: string) => boolean {
  const wanted = pattern.split('.');
  if (!wanted.some((token) => token === '*' || token === '>')) return (subject) => subject === pattern;
  const start = pattern.slice(0, pattern.search(/[*>]/));
  return (subject) => subject.startsWith(start) && covers(wanted, subject.split('.'));
}

function covers(wanted: readonly string[], tokens: readonly string[]): boolean {
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index;
    if (tokens[index] === undefined || (token !== '*' && token !== tokens[index])) return false;
  }
  return tokens.length === wanted.length;
}
