/**
 * The intake: what each sender may ask of a node, so that one of them cannot take up the time of all.
 *
 * The simple answers fail. A fixed rate for everybody wastes a machine that one sender has to itself, none at all lets the
 * loudest have it; and whoever refuses what comes too fast does more work for a flood than for a conversation. So a sender
 * that is alone is taken as it comes, among others each at a rate that leaves room, and what comes faster waits for its
 * turn, in its order. There is room for all that clients have under way, who wait for answers before they ask for more:
 * they are slowed down and nothing else. Whoever fills that room does not wait for answers. It is put off, before anything
 * is read, and if it does not care, nothing of it is looked at for a while, and it is banished: even not to read costs time.
 */
import type { Clock, Timer } from '../ports/clock.ts';
import { Bucket } from './bucket.ts';

export interface IntakeLimits {
  /** What requests hold (commands, questions), of one sender among others. */
  readonly perSecond: number;
  readonly burst: number;
  /** Of one who is alone: more than is ever done, but not all of a second's at once, while heartbeats are due. */
  readonly alonePerSecond: number;
  readonly aloneBurst: number;
  /** Of one sender in any case. A large request counts for several. */
  readonly requestsPerSecond: number;
  readonly requestsBurst: number;
}

export const commandLimits: IntakeLimits = {
  perSecond: 1_000,
  burst: 128,
  alonePerSecond: 50_000,
  aloneBurst: 2_000,
  requestsPerSecond: 2_500,
  requestsBurst: 512,
};

/** A node has other work than to answer questions, however few ask. A large answer counts for several. */
export const questionLimits: IntakeLimits = {
  perSecond: 300,
  burst: 64,
  alonePerSecond: 300,
  aloneBurst: 64,
  requestsPerSecond: 1_000,
  requestsBurst: 512,
};

export const waitingLimits = {
  /** As much as the connections that a user may have can have under way (`requestsUnderWayMax`, `bytesUnderWayMax`). */
  max: 256,
  bytesMax: 8 * 1024 * 1024,
  bytesPerRequest: 8 * 1024,
  /** Who is put off asks again after a while, and not at once. */
  putOffsPerSecond: 250,
  putOffsBurst: 100,
  /** As long as whoever was told to banish somebody may take. */
  ignoredMs: 1_000,
} as const;

/** Who gave nothing for so long counts no more as company. */
const activeMs = 1_000;

export interface IntakeOptions {
  readonly clock: Clock;
  readonly limits: IntakeLimits;
  /** Somebody sends at a rate that no client needs. */
  banish(speaker: string): void;
}

/** Takes a request and returns how much it held; 0: a sign of life. Until that is known, the sender's next one waits. */
type Take = () => number | Promise<number>;

interface Waiting {
  readonly sizeBytes: number;
  readonly take: Take;
}

interface Sender {
  /** What its requests hold, and what they are. */
  readonly contents: Bucket;
  readonly contentsAlone: Bucket;
  readonly requests: Bucket;
  readonly putOffs: Bucket;
  readonly waiting: Waiting[];
  waitingBytes: number;
  timer: Timer | undefined;
  /** How much the last one held is not known yet. */
  isBusy: boolean;
  ignoredUntilMs: number;
  /** When it last gave something. */
  activeMs: number;
}

export class Intake {
  readonly #options: IntakeOptions;
  readonly #senders = new Map<string, Sender>();

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /**
   * @param take called at once, or later, where the request is taken. What is put off may come again; what is ignored gets
   * no answer, which would cost as much as a look at it.
   */
  offer(speaker: string, sizeBytes: number, take: Take): 'taken' | 'put-off' | 'ignored' {
    const nowMs = this.#options.clock.monotonicMs();
    const sender = this.#senderOf(speaker, nowMs);
    if (nowMs < sender.ignoredUntilMs) return 'ignored';
    const request = { sizeBytes, take };
    if (!sender.isBusy && sender.waiting.length === 0 && this.#waitMs(sender, request, nowMs) === 0) {
      this.#take(sender, request, nowMs);
      return 'taken';
    }
    if (
      sender.waiting.length < waitingLimits.max &&
      sender.waitingBytes + sizeBytes <= waitingLimits.bytesMax
    ) {
      sender.waiting.push(request);
      sender.waitingBytes += sizeBytes;
      this.#wait(sender, nowMs);
      return 'taken';
    }
    if (sender.putOffs.spend(weightOf(request), nowMs)) return 'put-off';
    this.#drop(sender);
    sender.ignoredUntilMs = nowMs + waitingLimits.ignoredMs;
    this.#options.banish(speaker);
    return 'ignored';
  }

  /** Forgets those who were not heard for a while. */
  sweep(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [speaker, { waiting, isBusy, contents, requests, ignoredUntilMs }] of this.#senders) {
      const isQuiet = waiting.length === 0 && !isBusy && contents.isFull(nowMs) && requests.isFull(nowMs);
      if (isQuiet && nowMs >= ignoredUntilMs) this.#senders.delete(speaker);
    }
  }

  stop(): void {
    for (const sender of this.#senders.values()) this.#drop(sender);
    this.#senders.clear();
  }

  /** How long the request has to wait: until nothing is owed for what was taken, and there is room for one more. */
  #waitMs(sender: Sender, request: Waiting, nowMs: number): number {
    const owedMs = sender.contents.waitMs(0, nowMs);
    const isFree = owedMs === 0 || this.#isAlone(sender, nowMs);
    return Math.max(
      isFree ? sender.contentsAlone.waitMs(0, nowMs) : owedMs,
      sender.requests.waitMs(weightOf(request), nowMs),
    );
  }

  #isAlone(sender: Sender, nowMs: number): boolean {
    const since = nowMs - activeMs;
    for (const other of this.#senders.values()) if (other !== sender && other.activeMs >= since) return false;
    return true;
  }

  #take(sender: Sender, request: Waiting, nowMs: number): void {
    sender.requests.charge(weightOf(request), nowMs);
    const contents = request.take();
    if (typeof contents === 'number') this.#charge(sender, contents, nowMs);
    else void this.#chargeWhenKnown(sender, contents);
  }

  async #chargeWhenKnown(sender: Sender, contents: Promise<number>): Promise<void> {
    sender.isBusy = true;
    const amount = await contents;
    sender.isBusy = false;
    const nowMs = this.#options.clock.monotonicMs();
    this.#charge(sender, amount, nowMs);
    if (sender.waiting.length > 0) this.#wait(sender, nowMs);
  }

  #charge(sender: Sender, contents: number, nowMs: number): void {
    if (contents === 0) return;
    sender.activeMs = nowMs;
    sender.contents.charge(contents, nowMs);
    sender.contentsAlone.charge(contents, nowMs);
  }

  #wait(sender: Sender, nowMs: number): void {
    if (sender.timer !== undefined || sender.isBusy) return;
    const first = sender.waiting[0]!;
    sender.timer = this.#options.clock.setTimeout(
      () => {
        sender.timer = undefined;
        this.#takeWaiting(sender);
      },
      Math.max(1, this.#waitMs(sender, first, nowMs)),
    );
  }

  #takeWaiting(sender: Sender): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (let next = sender.waiting[0]; next; next = sender.waiting[0]) {
      if (sender.isBusy || this.#waitMs(sender, next, nowMs) > 0) break;
      sender.waiting.shift();
      sender.waitingBytes -= next.sizeBytes;
      this.#take(sender, next, nowMs);
    }
    if (sender.waiting.length > 0) this.#wait(sender, nowMs);
  }

  #drop(sender: Sender): void {
    this.#options.clock.clearTimeout(sender.timer);
    sender.timer = undefined;
    sender.waiting.length = 0;
    sender.waitingBytes = 0;
  }

  #senderOf(speaker: string, nowMs: number): Sender {
    const known = this.#senders.get(speaker);
    if (known) return known;
    const { perSecond, burst, alonePerSecond, aloneBurst, requestsPerSecond, requestsBurst } =
      this.#options.limits;
    const sender: Sender = {
      contents: new Bucket(perSecond, burst, nowMs),
      contentsAlone: new Bucket(alonePerSecond, aloneBurst, nowMs),
      requests: new Bucket(requestsPerSecond, requestsBurst, nowMs),
      putOffs: new Bucket(waitingLimits.putOffsPerSecond, waitingLimits.putOffsBurst, nowMs),
      waiting: [],
      waitingBytes: 0,
      timer: undefined,
      isBusy: false,
      ignoredUntilMs: Number.NEGATIVE_INFINITY,
      activeMs: Number.NEGATIVE_INFINITY,
    };
    this.#senders.set(speaker, sender);
    return sender;
  }
}

/** As so many small ones. */
function weightOf({ sizeBytes }: Waiting): number {
  return 1 + sizeBytes / waitingLimits.bytesPerRequest;
}
