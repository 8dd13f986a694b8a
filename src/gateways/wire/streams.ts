/** What goes on after it was asked for: the queue that is followed, and replays. Each goes as far as there is credit for it. */
import type { UserClient } from '../../client/client.ts';
import { Refused } from '../../client/errors.ts';
import { played } from '../../client/playback.ts';
import type { Clock } from '../../client/time.ts';
import { gatewayRefused } from '../failure.ts';
import { Credit } from './credit.ts';
import { saidOf } from './handlers.ts';
import { limits } from './limits.ts';
import type { Answer, Message } from './registry.ts';

export interface StreamsOptions {
  readonly clock: Clock;
  readonly patienceMs: number;
  /** Resolves when the far end has room for more. */
  deliver(number: number, answer: Answer): Promise<void> | undefined;
}

interface Stream {
  readonly credit: Credit;
  readonly abort: AbortController;
}

/** As good as no bound, in the field's 32 bits. */
const gapUnbounded = 0xffffffff;

export class Streams {
  readonly #options: StreamsOptions;
  readonly #byNumber = new Map<number, Stream>();
  #isFollowing = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  has(number: number): boolean {
    return this.#byNumber.has(number);
  }

  /** What a stream that has just ended is granted or asked changes nothing. */
  grant(number: number, more: number): void {
    this.#byNumber.get(number)?.credit.grant(more);
  }

  cancel(number: number): void {
    end(this.#byNumber.get(number));
  }

  /** The connection is nobody's any more. */
  stop(): void {
    for (const stream of this.#byNumber.values()) end(stream);
    this.#byNumber.clear();
    this.#isFollowing = false;
  }

  /** An item that the far end did not take before it left is not delivered: showing it never ends. */
  async follow(user: UserClient, number: number, { credit: granted }: Message<'follow'>): Promise<Answer> {
    if (this.#isFollowing) throw new Refused('not-possible', 'This connection follows its queue already.');
    const { credit } = this.#begin(number, granted);
    this.#isFollowing = true;
    const show = async (item: Parameters<typeof saidOf>[0] & { readonly item: number }) => {
      if (!(await credit.spend())) return await new Promise<void>(() => undefined);
      await this.#options.deliver(number, { type: 'item', place: item.item, ...saidOf(item) });
    };
    await user.follow(show, 'taken').catch((error: unknown) => {
      this.#isFollowing = false;
      this.#byNumber.delete(number);
      throw error;
    });
    return { type: 'done' };
  }

  async replay(user: UserClient, number: number, request: Message<'replay'>): Promise<Answer> {
    const { session, after, speedPercent, maxGapMs, credit: granted } = request;
    if (speedPercent === 0) throw new Refused('malformed', 'A speed is more than nothing.');
    const { clock, patienceMs, deliver } = this.#options;
    const pace = {
      speed: speedPercent / 100,
      maxGapMs: maxGapMs === gapUnbounded ? Number.POSITIVE_INFINITY : maxGapMs,
    };
    const { credit, abort } = this.#begin(number, granted);
    try {
      const entries = user.transcript(session, patienceMs, after, () => credit.some());
      for await (const { message, offsetMs } of played(entries, pace, clock, abort.signal)) {
        if (!(await credit.spend())) break;
        await deliver(number, { type: 'played', offsetMs, ...saidOf(message) });
      }
      return { type: 'ended', cancelled: abort.signal.aborted };
    } finally {
      this.#byNumber.delete(number);
    }
  }

  /** @throws {Refused} `too-many`. */
  #begin(number: number, granted: number): Stream {
    if (this.#byNumber.size >= limits.streamsMax) throw gatewayRefused('too-many');
    const stream = { credit: new Credit(granted), abort: new AbortController() };
    this.#byNumber.set(number, stream);
    return stream;
  }
}

function end(stream: Stream | undefined): void {
  stream?.abort.abort();
  stream?.credit.end();
}
