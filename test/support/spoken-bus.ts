/** A bus on which nobody is but the test: it says what is heard, and when there is a connection. */
import { type Bus, type BusMessage, NobodyThere, type Subscription } from '../../src/ports/bus.ts';

export class SpokenBus implements Bus {
  connected = true;
  readonly #handlers = new Map<string, (message: BusMessage) => void>();

  /** What was said to others: subject and text. */
  readonly published: [subject: string, text: string][] = [];

  publish(subject: string, payload: Uint8Array | string): void {
    this.published.push([subject, Buffer.from(payload).toString()]);
  }

  /** One for each subject is enough here. */
  subscribe(subject: string, handler: (message: BusMessage) => void): Subscription {
    this.#handlers.set(subject, handler);
    return { stop: () => this.#handlers.delete(subject) };
  }

  async gather(): Promise<Uint8Array[]> {
    return [];
  }

  async request(subject: string): Promise<Uint8Array> {
    throw new NobodyThere(subject);
  }

  onStatus(): Subscription {
    return { stop: () => undefined };
  }

  /** @param pattern what the subject is heard by. */
  say(subject: string, payload: object | string, pattern = subject): void {
    const data = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    this.#handlers.get(pattern)?.({ subject, data, expectsAnswer: false, respond: () => undefined });
  }
}
