/** The bus port on a simulated connection. */
import { type Bus, type BusMessage, NoAnswer, NobodyThere, type Subscription } from '../ports/bus.ts';
import { type Broker, matcher } from './broker.ts';
import type { Listening } from './session.ts';
import type { Wire } from './wire.ts';

interface Question {
  answered(data: Uint8Array): void;
  nobodyThere(): void;
}

/** Told of every answer as it is given. */
type Responding = (subject: string, payload: Uint8Array | string) => void;

export class SimulatedBus implements Bus {
  readonly #wire: Wire;
  readonly #broker: Broker;
  readonly #listenings = new Set<Listening>();
  readonly #listeners = new Set<(connected: boolean) => void>();
  readonly #questions = new Map<string, Question>();
  readonly #inbox: string;
  readonly #responding: Responding;
  #asked = 0;

  constructor(wire: Wire, broker: Broker, responding: Responding = () => {}) {
    this.#wire = wire;
    this.#broker = broker;
    this.#responding = responding;
    this.#inbox = `_INBOX.${wire.process.name.replaceAll('.', '-')}`;
    this.#listenings.add({
      covers: matcher(`${this.#inbox}.*`),
      queue: undefined,
      hear: (subject, data) => this.#questions.get(subject)?.answered(data),
    });
    wire.listen({ opened: () => this.#opened(), closed: () => this.#tell(false) });
  }

  get connected(): boolean {
    return this.#wire.isConnected;
  }

  publish(subject: string, payload: Uint8Array | string): void {
    const data = Buffer.from(payload);
    this.#wire.send(() => this.#broker.publish(this.#wire, subject, data));
  }

  subscribe(
    subject: string,
    handler: (message: BusMessage) => void,
    options: { queue?: string } = {},
  ): Subscription {
    const listening: Listening = {
      covers: matcher(subject),
      queue: options.queue,
      hear: (heard, data, reply) => {
        if (this.#listenings.has(listening)) handler(this.#message(heard, data, reply));
      },
    };
    this.#listenings.add(listening);
    this.#wire.send((session) => session.subscriptions.add(listening));
    return {
      stop: () => {
        this.#listenings.delete(listening);
        this.#wire.send((session) => session.subscriptions.delete(listening));
      },
    };
  }

  gather(subject: string, payload: string, replies: number, timeoutMs: number): Promise<Uint8Array[]> {
    const answers: Uint8Array[] = [];
    if (replies === 0) return Promise.resolve(answers);
    return new Promise((resolve) => {
      const end = this.#ask(subject, payload, timeoutMs, {
        answered: (data) => {
          if (answers.push(data) === replies) end();
        },
        nobodyThere: () => end(),
        ended: () => resolve(answers),
      });
    });
  }

  request(subject: string, payload: string, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      let settle = () => reject(new NoAnswer(subject));
      const end = this.#ask(subject, payload, timeoutMs, {
        answered: (data) => {
          settle = () => resolve(data);
          end();
        },
        nobodyThere: () => {
          settle = () => reject(new NobodyThere(subject));
          end();
        },
        ended: () => settle(),
      });
    });
  }

  onStatus(listener: (connected: boolean) => void): Subscription {
    this.#listeners.add(listener);
    return { stop: () => this.#listeners.delete(listener) };
  }

  #ask(
    subject: string,
    payload: string,
    timeoutMs: number,
    question: Question & { ended(): void },
  ): () => void {
    const { process } = this.#wire;
    const inbox = `${this.#inbox}.${++this.#asked}`;
    const data = Buffer.from(payload);
    const end = () => {
      process.clearTimeout(late);
      if (this.#questions.delete(inbox)) question.ended();
    };
    const late = process.setTimeout(end, timeoutMs);
    this.#questions.set(inbox, question);
    this.#wire.send((session) => {
      if (this.#broker.publish(this.#wire, subject, data, inbox)) return;
      this.#wire.deliver(session, () => this.#questions.get(inbox)?.nobodyThere());
    });
    return end;
  }

  #message(subject: string, data: Uint8Array, reply: string | undefined): BusMessage {
    return {
      subject,
      data,
      expectsAnswer: reply !== undefined,
      respond: (payload) => {
        this.#responding(subject, payload);
        if (reply !== undefined) this.publish(reply, payload);
      },
    };
  }

  /** The library subscribes again by itself. */
  #opened(): void {
    for (const listening of this.#listenings)
      this.#wire.send((session) => session.subscriptions.add(listening));
    this.#tell(true);
  }

  #tell(connected: boolean): void {
    for (const listener of this.#listeners) listener(connected);
  }
}
