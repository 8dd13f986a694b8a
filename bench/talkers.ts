/** Users who talk without end, and what became of everything they said. */
import { setTimeout as pause } from 'node:timers/promises';
import { GuestClient, UserClient } from '../src/client/client.ts';
import { systemClient } from '../src/client/system.ts';

export interface Said {
  readonly id: string;
  readonly invokedMs: number;
  acknowledgedMs: number | undefined;
}

const text = 'x'.repeat(256);
const password = 'a password for a benchmark';
const readyMsMax = 20_000;
/** Beyond this nobody begins anything: a machine that is too slow would only fall further behind. */
const pendingMax = 1_000;

export class Talkers {
  readonly said: Said[] = [];
  readonly #clients: UserClient[];
  readonly #pending = new Set<Promise<void>>();
  #isTalking = true;
  #count = 0;

  private constructor(clients: UserClient[]) {
    this.#clients = clients;
  }

  /** Each talks to the next one, and nobody listens: what is measured is acknowledgement. */
  static async gather(servers: readonly string[], count: number): Promise<Talkers> {
    const options = systemClient(servers);
    const guest = new GuestClient(options);
    await guest.line.ready(readyMsMax);
    const clients: UserClient[] = [];
    for (let index = 0; index < count; index++) {
      await guest.register(nameOf(index), password);
      clients.push(new UserClient(options, await guest.logIn(nameOf(index), password)));
    }
    await guest.close();
    for (const client of clients) await client.line.ready(readyMsMax);
    return new Talkers(clients);
  }

  /** One message at a time each: the next one when the last is acknowledged. */
  talk(): void {
    for (const index of this.#clients.keys()) this.#keep(this.#talkOn(index));
  }

  /** One of them also begins a message every so often, whatever became of those before. */
  tick(everyMs: number): void {
    this.#keep(this.#tickOn(0, everyMs));
  }

  /** Resolves with the first message begun from now on that is acknowledged. */
  async nextAcknowledged(fromMs: number): Promise<number> {
    for (let seen = this.#firstSince(fromMs); ; ) {
      for (let index = seen; index < this.said.length; index++) {
        const { invokedMs, acknowledgedMs } = this.said[index]!;
        if (invokedMs >= fromMs && acknowledgedMs !== undefined) return acknowledgedMs;
      }
      seen = Math.min(seen, this.said.length);
      await pause(1);
    }
  }

  /** How long those waited who were waiting between two moments. */
  waitsMs(fromMs: number, toMs: number): number[] {
    return this.said.flatMap(({ invokedMs, acknowledgedMs = performance.now() }) =>
      invokedMs < toMs && acknowledgedMs > fromMs ? [acknowledgedMs - invokedMs] : [],
    );
  }

  /** Acknowledged in a second. */
  ratePerSecond(fromMs: number, toMs: number): number {
    const count = this.said.filter(
      ({ acknowledgedMs = 0 }) => acknowledgedMs >= fromMs && acknowledgedMs < toMs,
    );
    return (1_000 * count.length) / (toMs - fromMs);
  }

  async stop(): Promise<void> {
    this.#isTalking = false;
    await Promise.all(this.#pending);
    for (const client of this.#clients) await client.close();
  }

  async #talkOn(index: number): Promise<void> {
    while (this.#isTalking) await this.#say(index);
  }

  async #tickOn(index: number, everyMs: number): Promise<void> {
    while (this.#isTalking) {
      if (this.#pending.size < pendingMax) this.#keep(this.#say(index));
      await pause(everyMs);
    }
  }

  async #say(index: number): Promise<void> {
    const said: Said = {
      id: `b-${process.pid}-${++this.#count}`,
      invokedMs: performance.now(),
      acknowledgedMs: undefined,
    };
    this.said.push(said);
    const to = nameOf((index + 1) % this.#clients.length);
    await this.#clients[index]!.send(to, text, { id: said.id });
    said.acknowledgedMs = performance.now();
  }

  #keep(task: Promise<void>): void {
    const kept = task.finally(() => this.#pending.delete(kept));
    this.#pending.add(kept);
  }

  #firstSince(ms: number): number {
    let index = this.said.length;
    while (index > 0 && this.said[index - 1]!.invokedMs >= ms) index--;
    return index;
  }
}

function nameOf(index: number): string {
  return `talker${index}`;
}
