/**
 * Who knocks, from where and how often: every node hears every question at the border, whoever answers it.
 *
 * To come and go costs a program nothing and the servers much. A fixed number for all would let one keep the others out,
 * so each network has its own: of guests together, and of each user who is claimed there. What comes faster waits at the
 * door, which holds up nobody else; what would have to wait longer than a server does is not answered at all.
 */
import type { Clock } from '../ports/clock.ts';
import { Bucket } from '../service/bucket.ts';
import { remember } from '../service/remember.ts';
import type { Place, Visitor } from '../transport/auth-callout.ts';

export const arrivalLimits = {
  /** From one address, of guests or of one user. */
  perSecond: 8,
  burst: 48,
  /** Within the server's patience of 2 s there has to be room for the answer too. */
  waitMsMax: 1_200,
} as const;

/** As many as a user may have. */
const placesMax = 32;
/** Of addresses and of users, each. */
const rememberedMax = 10_000;

export class Arrivals {
  readonly #clock: Clock;
  readonly #doors = new Map<string, Bucket>();
  /** Where those are who said that they were that user: of use only until they are found for certain. */
  readonly #places = new Map<string, readonly Place[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns how long they have to wait; undefined: for longer than they can. */
  heard({ introduction, origin, place }: Visitor): number | undefined {
    const nowMs = this.#clock.monotonicMs();
    const isUser = introduction.as === 'user';
    if (isUser) {
      const before = this.#places.get(introduction.user) ?? [];
      remember(this.#places, introduction.user, [place, ...before].slice(0, placesMax), rememberedMax);
    }
    const door = `${origin}/${isUser ? introduction.user : ''}`;
    const { perSecond, burst, waitMsMax } = arrivalLimits;
    const bucket = this.#doors.get(door) ?? new Bucket(perSecond, burst, nowMs);
    remember(this.#doors, door, bucket, rememberedMax);
    const waitMs = bucket.waitMs(1, nowMs);
    if (waitMs > waitMsMax) return undefined;
    bucket.charge(1, nowMs);
    return waitMs;
  }

  /** The latest connections that were asked for in that user's name; some were never let in, or have gone. */
  of(user: string): readonly Place[] {
    return this.#places.get(user) ?? [];
  }
}
