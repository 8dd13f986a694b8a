/** A bus in memory for several nodes. Messages arrive after a turn; waiting goes by the clock that is given. */
import { type Bus, type BusMessage, NoAnswer, NobodyThere, type Subscription } from '../../src/ports/bus.ts';
import type { Clock } from '../../src/ports/clock.ts';

type Handler = (message: BusMessage) => void;

export class MemoryBus implements Bus {
  readonly connected = true;
  /** Every question that was asked, by subject. */
  readonly asked: string[] = [];
  readonly #clock: Clock;
  readonly #handlers = new Map<string, Set<Handler>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  publish(subject: string, payload: Uint8Array | string): void {
    this.#deliver(subject, payload, () => undefined);
  }

  subscribe(subject: string, handler: Handler): Subscription {
    const handlers = this.#handlers.get(subject) ?? new Set();
    this.#handlers.set(subject, handlers.add(handler));
    return { stop: () => handlers.delete(handler) };
  }

  gather(subject: string, payload: string, replies: number, timeoutMs: number): Promise<Uint8Array[]> {
    this.asked.push(subject);
    const answers: Uint8Array[] = [];
    return new Promise((resolve) => {
      const end = () => resolve([...answers]);
      if (replies === 0) return end();
      this.#clock.setTimeout(end, timeoutMs);
      this.#deliver(subject, payload, (answer) => {
        answers.push(answer);
        if (answers.length === replies) end();
      });
    });
  }

  async request(subject: string, payload: string, timeoutMs: number): Promise<Uint8Array> {
    this.asked.push(subject);
    if (!this.#handlers.get(subject)?.size) throw new NobodyThere(subject);
    return await new Promise((resolve, reject) => {
      this.#clock.setTimeout(() => reject(new NoAnswer(subject)), timeoutMs);
      this.#deliver(subject, payload, resolve);
    });
  }

  onStatus(): Subscription {
    return { stop: () => undefined };
  }

  #deliver(subject: string, payload: Uint8Array | string, answer: (data: Uint8Array) => void): void {
    const data = Buffer.from(payload);
    const respond = (answered: Uint8Array | string) => this.#clock.soon(() => answer(Buffer.from(answered)));
    for (const handler of this.#handlers.get(subject) ?? [])
      this.#clock.soon(() => handler({ subject, data, expectsAnswer: true, respond }));
  }
}
