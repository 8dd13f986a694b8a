/**
 * The intake: what each sender may ask of the leader, so that one of them cannot take up the time of all.
 *
 * The simple answers fail: a fixed rate for everybody wastes a machine that one sender has to itself, none at all lets the
 * loudest have it. So a sender that is alone is taken as it comes; among others each is taken at a rate that leaves room,
 * and what comes faster waits for its turn, in its order. Whoever lets too much wait is put off, before anything is read;
 * whoever goes on at a rate that no client needs is banished, because even not to read costs time.
 */
import type { Clock, Timer } from '../ports/clock.ts';
import { Bucket } from './bucket.ts';

export interface IntakeOptions {
  readonly clock: Clock;
  /** Somebody sends at a rate that no client needs. */
  banish(speaker: string): void;
}

export const intakeLimits = {
  /** Of one sender, while there are others. */
  commandsPerSecond: 1_000,
  commandsBurst: 1_000,
  waitingMax: 64,
  waitingBytesMax: 4 * 1024 * 1024,
  /** Far above what a client sends that keeps hundreds of commands under way. A large request counts for several. */
  requestsPerSecond: 2_500,
  requestsBurst: 1_000,
  bytesPerRequest: 16 * 1024,
  /** Who is put off asks again after a while, and not at once. */
  requestsPerPutOff: 10,
} as const;

/** Who gave no command for so long counts no more as company. */
const activeMs = 1_000;

interface Sender {
  readonly commands: Bucket;
  readonly requests: Bucket;
  readonly waiting: { readonly sizeBytes: number; take(): number }[];
  waitingBytes: number;
  timer: Timer | undefined;
  isBanished: boolean;
  /** When it last gave a command. */
  activeMs: number;
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #senders = new Map<string, Sender>();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /**
   * @param take takes a request and returns how many commands it held: called at once, or later, where it is taken. What
   * is put off may come again; what is ignored gets no answer, which would cost as much as a look at it.
   */
  offer(speaker: string, sizeBytes: number, take: () => number): 'taken' | 'put-off' | 'ignored' {
    const sender = this.#senderOf(speaker);
    if (!sender.requests.spend(1 + sizeBytes / intakeLimits.bytesPerRequest, this.#nowMs)) {
      if (!sender.isBanished) this.#options.banish(speaker);
      sender.isBanished = true;
      return 'ignored';
    }
    sender.isBanished = false;
    if (sender.waiting.length === 0 && this.#isFree(sender)) {
      this.#take(sender, take);
      return 'taken';
    }
    const { waitingMax, waitingBytesMax } = intakeLimits;
    if (sender.waiting.length >= waitingMax || sender.waitingBytes + sizeBytes > waitingBytesMax) {
      sender.requests.charge(intakeLimits.requestsPerPutOff, this.#nowMs);
      return 'put-off';
    }
    sender.waiting.push({ sizeBytes, take });
    sender.waitingBytes += sizeBytes;
    this.#wait(sender);
    return 'taken';
  }

  /** Forgets those who were not heard for a while. */
  sweep(): void {
    for (const [speaker, sender] of this.#senders)
      if (sender.waiting.length === 0 && sender.requests.isFull(this.#nowMs)) this.#senders.delete(speaker);
  }

  stop(): void {
    for (const { timer } of this.#senders.values()) this.#options.clock.clearTimeout(timer);
    this.#senders.clear();
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #isFree(sender: Sender): boolean {
    return sender.commands.waitMs(this.#nowMs) === 0 || this.#isAlone(sender);
  }

  #isAlone(sender: Sender): boolean {
    const since = this.#nowMs - activeMs;
    for (const other of this.#senders.values()) if (other !== sender && other.activeMs >= since) return false;
    return true;
  }

  #take(sender: Sender, take: () => number): void {
    const commands = take();
    if (commands === 0) return; // a sign of life
    sender.activeMs = this.#nowMs;
    sender.commands.charge(commands, this.#nowMs);
  }

  #wait(sender: Sender): void {
    sender.timer ??= this.#options.clock.setTimeout(
      () => {
        sender.timer = undefined;
        this.#takeWaiting(sender);
      },
      Math.max(1, sender.commands.waitMs(this.#nowMs)),
    );
  }

  #takeWaiting(sender: Sender): void {
    while (sender.waiting.length > 0 && this.#isFree(sender)) {
      const { sizeBytes, take } = sender.waiting.shift()!;
      sender.waitingBytes -= sizeBytes;
      this.#take(sender, take);
    }
    if (sender.waiting.length > 0) this.#wait(sender);
  }

  #senderOf(speaker: string): Sender {
    const known = this.#senders.get(speaker);
    if (known) return known;
    const { commandsPerSecond, commandsBurst, requestsPerSecond, requestsBurst } = intakeLimits;
    const sender: Sender = {
      commands: new Bucket(commandsPerSecond, commandsBurst, this.#nowMs),
      requests: new Bucket(requestsPerSecond, requestsBurst, this.#nowMs),
      waiting: [],
      waitingBytes: 0,
      timer: undefined,
      isBanished: false,
      activeMs: Number.NEGATIVE_INFINITY,
    };
    this.#senders.set(speaker, sender);
    return sender;
  }
}
