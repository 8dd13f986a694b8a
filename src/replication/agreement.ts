/**
 * Whether nodes agree: the state hashes that leaders announce, against those of the own copy (P2, ADR 0014).
 *
 * Two hashes that differ do not tell whose is wrong. Believing the leader costs its followers their sound copies when its
 * fold went wrong; believing oneself keeps a wrong copy. So whoever differs asks the one witness that both have: it stops
 * serving and folds its own frames anew. Other rows than it had: its copy was wrong, is kept as evidence and replaced.
 * The same rows: its copy is sound and stays. From then on it stands by it for as long as that leader is in office, is
 * not compared with that leader any more, and says so in its heartbeats. A leader that hears this, where its own hash was
 * another, gives up its office and does the same with its own copy. A copy that was not verified takes nobody down.
 *
 * What may happen meanwhile:
 * - The log goes on. The check reads up to the mark at which the copy was closed; the rest is read afterwards (P7).
 * - Both followers check at once. Their frames count again when they are back; until then the leader commits alone only
 *   if that is allowed, as when they were dead (P1). Whoever is elected reads the stream to its end first.
 * - Somebody else is elected. A copy stands by itself in one office only, and is compared with the next leader as ever.
 * - The node crashes. Its doubt is forgotten, and it is compared again with whoever leads then: nothing was decided.
 * - The check cannot be done, for want of space: the node stays away and tries again. A leader in doubt never leads
 *   before its copy was found sound or replaced, except where it crashed; then it is contested again.
 * - A node is alone: nobody differs.
 * - Two builds fold differently: all copies are found sound and stay. A leader that was found sound does not step down
 *   again for a while (`OwnCopy`), so that such a cluster goes on, and operators see that the hashes differ.
 * - A wrong leader's hashes stay in the frames it wrote: a new copy that reads them is checked once, and goes on.
 */
import type { Mark } from '../log/port.ts';
import { PROJECTION_VERSION } from '../projections/project.ts';

/** A leader's time: generation and epoch. */
export interface Office {
  readonly generation: number;
  readonly epoch: number;
}

type Announcement = Pick<Mark, 'number' | 'state' | 'version'>;

/** A follower's heartbeat is rarely behind by more marks than this; when it is, a later one tells. */
const passedMax = 256;

export class Agreement {
  /** What leaders announced of marks that are not reached yet, by frame number. */
  readonly #announced = new Map<number, Announcement & Office>();
  /** Own state hashes at the latest marks, by frame number. */
  readonly #passed = new Map<number, string>();
  readonly #standsBy: Office | undefined;
  #differing: Office | undefined;

  /** @param standsBy the office in which the copy was found sound although the leader had another hash. */
  constructor(mark: Mark, standsBy: Office | undefined) {
    this.#passed.set(mark.number, mark.state);
    this.#standsBy = standsBy;
  }

  /** The office of the leader whose hash was another. */
  get differing(): Office | undefined {
    return this.#differing;
  }

  /** Whether the copy was verified in this office, and is not compared with its leader any more. */
  standsIn({ generation, epoch }: Office): boolean {
    return this.#standsBy?.generation === generation && this.#standsBy.epoch === epoch;
  }

  /** A leader says what the state hash is at a mark. @returns whether the copy, being there, has another. */
  announce({ number, state, version }: Announcement, { generation, epoch }: Office, own: Mark): boolean {
    if (version !== PROJECTION_VERSION || number < own.number) return false;
    const announcement = { number, state, version, generation, epoch };
    if (number === own.number) return this.#differs(announcement, own);
    this.#announced.set(number, announcement);
    return false;
  }

  /** The copy has come to a mark. @returns whether another state hash was announced for it. */
  passed(own: Mark): boolean {
    this.#passed.set(own.number, own.state);
    const [oldest] = this.#passed.keys();
    if (this.#passed.size > passedMax) this.#passed.delete(oldest!);
    const announced = this.#announced.get(own.number);
    for (const number of [...this.#announced.keys()])
      if (number <= own.number) this.#announced.delete(number);
    return announced !== undefined && this.#differs(announced, own);
  }

  /** Frames above `after` are given up. */
  forgetAbove(after: number): void {
    for (const number of [...this.#announced.keys()]) if (number > after) this.#announced.delete(number);
  }

  /** Whether another copy of the same log has another state hash at a mark that this one has passed lately. */
  isContradictedBy({ number, state, version }: Announcement): boolean {
    const own = this.#passed.get(number);
    return version === PROJECTION_VERSION && own !== undefined && own !== state;
  }

  #differs(announced: Announcement & Office, own: Mark): boolean {
    if (announced.state === own.state || this.standsIn(announced)) return false;
    const { generation, epoch } = announced;
    this.#differing = { generation, epoch };
    return true;
  }
}
