/** How many somebody has open, and where guests are from: what keeps one from taking up the room of all. */
import { remember } from '../service/remember.ts';
import type { Warden } from '../transport/warden.ts';

/** The servers are asked how many there are at every so many admissions of one, so that mostly nobody waits for it. */
const countedEvery = 8;
/** Users and networks whose admissions are counted; guests whose network is known. */
const rememberedMax = 10_000;

/** Where guests come from, who have no name of their own: as far as this node has heard. */
export class Guests {
  readonly #origins = new Map<string, string>();

  remember(guest: string, origin: string): void {
    remember(this.#origins, guest, origin, rememberedMax);
  }

  originOf(speaker: string): string | undefined {
    return this.#origins.get(speaker);
  }

  anyFrom(origin: string, speakers: Iterable<string>): boolean {
    for (const speaker of speakers) if (this.#origins.get(speaker) === origin) return true;
    return false;
  }
}

/** Keeps one user, or one network's guests, from taking up the room of all. */
export class Crowds {
  readonly #warden: () => Warden | undefined;
  /** Admissions since the servers were asked last, by user or network. */
  readonly #admitted = new Map<string, number>();

  constructor(warden: () => Warden | undefined) {
    this.#warden = warden;
  }

  async isFull(who: string, names: readonly string[], most: number): Promise<boolean> {
    const admitted = (this.#admitted.get(who) ?? 0) + 1;
    const warden = this.#warden();
    remember(this.#admitted, who, admitted, rememberedMax);
    if (admitted < countedEvery || !warden) return false;
    const counts = await Promise.all(names.map((name) => warden.count(name, most)));
    const isFull = counts.reduce((sum, count) => sum + count, 0) >= most;
    if (!isFull) remember(this.#admitted, who, 0, rememberedMax);
    return isFull;
  }
}
