/** The bus port on a NATS connection. */
import { errors, type Msg, type NatsConnection } from 'nats';
import { type Bus, type BusMessage, NoAnswer, NobodyThere, type Subscription } from '../ports/bus.ts';
import { answerSubject } from '../protocol/subjects.ts';

export class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #listeners = new Set<(connected: boolean) => void>();
  #connected = true;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    void this.#watch();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Dropped while there is no connection: the library would keep it without bound and send it when it is outdated. */
  publish(subject: string, payload: Uint8Array | string): void {
    if (this.#connected && !this.#connection.isClosed()) this.#connection.publish(subject, payload);
  }

  subscribe(
    subject: string,
    handler: (message: BusMessage) => void,
    options: { queue?: string } = {},
  ): Subscription {
    const subscription = this.#connection.subscribe(subject, {
      ...options,
      callback: (error, message: Msg) => {
        if (!error) handler(new Received(this.#connection, message));
      },
    });
    return { stop: () => subscription.unsubscribe() };
  }

  async gather(subject: string, payload: string, replies: number, timeoutMs: number): Promise<Uint8Array[]> {
    if (replies === 0) return [];
    const answers: Uint8Array[] = [];
    const options = { strategy: 'count', maxMessages: replies, maxWait: timeoutMs } as const;
    try {
      for await (const message of await this.#connection.requestMany(subject, payload, options)) {
        answers.push(message.data);
      }
    } catch {
      // nobody there, or the connection is gone: what came is the answer
    }
    return answers;
  }

  async request(subject: string, payload: string, timeoutMs: number): Promise<Uint8Array> {
    try {
      return (await this.#connection.request(subject, payload, { timeout: timeoutMs })).data;
    } catch (cause) {
      const nobody =
        cause instanceof errors.NoRespondersError ||
        (cause as Error).cause instanceof errors.NoRespondersError;
      throw nobody ? new NobodyThere(subject, { cause }) : new NoAnswer(subject, { cause });
    }
  }

  onStatus(listener: (connected: boolean) => void): Subscription {
    this.#listeners.add(listener);
    return { stop: () => this.#listeners.delete(listener) };
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === 'disconnect') this.#set(false);
      else if (type === 'reconnect') this.#set(true);
    }
    this.#set(false);
  }

  #set(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    for (const listener of this.#listeners) listener(connected);
  }
}

/** Judged when it is asked for: of a flood most messages are not even read. */
class Received implements BusMessage {
  readonly #connection: NatsConnection;
  readonly #message: Msg;

  constructor(connection: NatsConnection, message: Msg) {
    this.#connection = connection;
    this.#message = message;
  }

  get subject(): string {
    return this.#message.subject;
  }

  get data(): Uint8Array {
    return this.#message.data;
  }

  get expectsAnswer(): boolean {
    return this.answerSubject !== undefined;
  }

  respond(payload: Uint8Array | string): void {
    const subject = this.answerSubject;
    if (subject !== undefined) this.#connection.publish(subject, payload);
  }

  get answerSubject(): string | undefined {
    return answerSubject(this.#message.subject, this.#message.reply ?? '');
  }
}
