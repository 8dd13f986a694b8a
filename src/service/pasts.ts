/**
 * Moments of actors that somebody looked at: from the nearest one before, another is some events away, where from the
 * beginning it might be a hundred thousand. What is committed does not change, so they stay true.
 */
import type { ActorMoment } from '../actors/restore.ts';

export interface KeptMoment {
  /** Of the last event that the actor had consumed. */
  readonly position: number;
  readonly moment: ActorMoment;
}

const actorsMax = 8;
/** Of one actor; when there are more, every second one goes. */
const momentsMax = 256;

export class Pasts {
  /** By actor, who was looked at last at the end; moments by position. */
  readonly #kept = new Map<string, readonly KeptMoment[]>();

  /** The last one up to a position. */
  upTo(actor: string, position: number): KeptMoment | undefined {
    return this.#kept.get(actor)?.findLast((kept) => kept.position <= position);
  }

  keep(actor: string, kept: KeptMoment): void {
    const others = (this.#kept.get(actor) ?? []).filter(({ position }) => position !== kept.position);
    const moments = [...others, kept].sort((a, b) => a.position - b.position);
    this.#kept.delete(actor);
    this.#kept.set(
      actor,
      moments.length > momentsMax ? moments.filter((_, index) => index % 2 === 0) : moments,
    );
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= actorsMax) break;
      this.#kept.delete(oldest);
    }
  }
}
