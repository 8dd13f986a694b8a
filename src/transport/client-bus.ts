/**
 * The bus as clients have it, who hear each answer once.
 *
 * What a permit lets a user hear, every connection of theirs may hear, as often as it subscribes: an answer to a plain
 * inbox would go out hundreds of times, and wait in the server's memory for each that does not read. Of a queue group only
 * one gets it. But to a group the server does not say that nobody listens: so the inbox that a request names is a plain
 * one, to which nothing else is sent, and answers go to the group beside it.
 */
import { type Msg, type NatsConnection, nuid } from 'nats';
import { NoAnswer, NobodyThere } from '../ports/bus.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import { NatsBus } from './nats-bus.ts';

interface Open {
  resolve(data: Uint8Array): void;
  reject(problem: Error): void;
}

export class ClientBus extends NatsBus {
  readonly #connection: NatsConnection;
  readonly #inbox: string;
  /** Requests without an answer, by the last part of their inbox. */
  readonly #open = new Map<string, Open>();
  #last = 0;

  /** @param speaker in whose name the connection was let in. */
  constructor(connection: NatsConnection, speaker: string) {
    super(connection);
    this.#connection = connection;
    const own = nuid.next();
    this.#inbox = `${clientSubjects.inboxPrefix(speaker)}.${own}`;
    const listen = (subject: string, options: { queue?: string }, told: (open: Open, message: Msg) => void) =>
      connection.subscribe(subject, {
        ...options,
        callback: (error, message) => {
          const open = error ? undefined : this.#open.get(message.subject.slice(subject.length - 1));
          if (open) told(open, message);
        },
      });
    listen(`${this.#inbox}.*`, {}, ({ reject }) => reject(new NobodyThere('nobody listens')));
    const answers = `${clientSubjects.answersPrefix(speaker)}.${own}.*`;
    listen(answers, { queue: clientSubjects.answersGroup }, ({ resolve }, { data }) => resolve(data));
    void connection.closed().then(() => {
      for (const { reject } of this.#open.values()) reject(new NoAnswer('the connection was closed'));
    });
  }

  override async request(
    subject: string,
    payload: Uint8Array | string,
    timeoutMs: number,
  ): Promise<Uint8Array> {
    const token = String(++this.#last);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new NoAnswer(subject)), timeoutMs);
        this.#open.set(token, { resolve, reject });
        this.#connection.publish(subject, payload, { reply: `${this.#inbox}.${token}` });
      });
    } catch (cause) {
      const isTold = cause instanceof NobodyThere || cause instanceof NoAnswer;
      throw isTold ? cause : new NoAnswer(subject, { cause }); // closed
    } finally {
      clearTimeout(timer);
      this.#open.delete(token);
    }
  }
}
