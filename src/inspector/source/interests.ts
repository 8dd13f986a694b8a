/**
 * Who looks at present, and at what: what all of them asked for is told, to all of them at once. Where one of them must not
 * be told what people wrote, nobody is.
 */
import { type Interest, interestLastsMs } from '../../protocol/inspection.ts';

/** Of more than that nobody looks at the same time. */
const inspectorsMax = 8;

export class Interests {
  readonly #byInspector = new Map<string, { interest: Interest; heardMs: number }>();
  #watched: ReadonlySet<string> = new Set();

  /** @returns whether this inspector was not known. */
  hear(interest: Interest, nowMs: number): boolean {
    const isNew = !this.#byInspector.has(interest.by);
    if (isNew && this.#byInspector.size >= inspectorsMax) return false;
    this.#byInspector.set(interest.by, { interest, heardMs: nowMs });
    this.#gather();
    return isNew;
  }

  /** Those who have been silent for too long look no more. */
  forgetSilent(nowMs: number): void {
    for (const [by, { heardMs }] of this.#byInspector)
      if (nowMs - heardMs > interestLastsMs) {
        this.#byInspector.delete(by);
        this.#gather();
      }
  }

  clear(): void {
    this.#byInspector.clear();
    this.#gather();
  }

  get isNobody(): boolean {
    return this.#byInspector.size === 0;
  }

  get bodies(): boolean {
    return !this.isNobody && this.#all().every(({ bodies }) => bodies);
  }

  /** Names of actors, and `*` for all. */
  get watched(): ReadonlySet<string> {
    return this.#watched;
  }

  /** Whether this node is to tell of what all of them know. */
  asks(node: string): boolean {
    return this.#all().some(({ teller }) => teller === node);
  }

  /** Whether that is all users and sessions. */
  asksToList(node: string): boolean {
    return this.#all().some(({ teller, isListing }) => teller === node && isListing);
  }

  #gather(): void {
    this.#watched = new Set(this.#all().flatMap(({ watched }) => watched));
  }

  #all(): Interest[] {
    return [...this.#byInspector.values()].map(({ interest }) => interest);
  }
}
