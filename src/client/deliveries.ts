/**
 * Deliveries: the items of a user's queue, shown in order, each once, and then acknowledged.
 *
 * A push names the item before it; if that is not the last one shown here, something was missed and the queue is read
 * instead. What was shown is acknowledged after it was shown, gathered: a client that is killed in between may show an
 * item again when it comes back, but never skips one (P4).
 */
import { type Clock, delay } from '../ports/clock.ts';
import type { ItemView, Push } from '../protocol/views.ts';
import { Refused } from './errors.ts';

export interface DeliveriesOptions {
  readonly clock: Clock;
  /** Position up to which items were shown before. */
  readonly shown: number;
  /** The queue after a position, in pages; empty at its end. */
  read(after: number): Promise<readonly ItemView[]>;
  /** Shows an item; awaited before the next one. Where it fails nothing more is shown. */
  show(item: ItemView): Promise<void> | void;
  /** Tells the log what has been shown. */
  markShown(upTo: number): Promise<void>;
  /**
   * What counts as delivery: that an item was shown, that somebody says so (`taken`) who has it from here, or nothing.
   */
  readonly delivers: Delivers;
}

export type Delivers = 'shown' | 'taken' | 'nothing';

const gatherMs = 200;
const retryMs = 200;
/** Pushes that wait until what came before is shown. */
const waitingMax = 64;

export class Deliveries {
  readonly #options: DeliveriesOptions;
  /** Up to where items were shown here. */
  #cursor: number;
  /** Up to where that counts as delivery. Invariant: marked <= delivered <= cursor. */
  #delivered: number;
  #marked: number;
  #waiting: Push[] = [];
  #mustRead = false;
  #working: Promise<void> | undefined;
  #marking: Promise<void> | undefined;
  #stopped = false;
  /** Nothing can be shown any more; what was delivered is still acknowledged. */
  #isBroken = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#cursor = options.shown;
    this.#delivered = options.shown;
    this.#marked = options.shown;
  }

  /** Reads whatever the queue holds after what was shown: at the start, and whenever a push may have been missed. */
  catchUp(): void {
    this.#mustRead = true;
    this.#work();
  }

  pushed(push: Push): void {
    if (this.#waiting.length < waitingMax) this.#waiting.push(push);
    else this.#mustRead = true; // whoever shows slowly reads it again where it is kept
    this.#work();
  }

  /** Whoever has the items from here has taken those up to that place in the queue. */
  taken(upTo: number): void {
    this.#deliver(Math.min(upTo, this.#cursor));
  }

  /**
   * Resolves when everything known of is shown, and what was delivered is acknowledged, or all is stopped. What is passed
   * on is not waited for: whoever does not take it may never do.
   */
  async settled(): Promise<void> {
    const isShowing = () => this.#working !== undefined && this.#options.delivers !== 'taken';
    while (!this.#stopped && (isShowing() || this.#marking || this.#marked < this.#delivered)) {
      if (isShowing()) await this.#working;
      else await (this.#marking ?? this.#mark(0));
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #work(): void {
    this.#working ??= this.#workAll().finally(() => {
      this.#working = undefined;
    });
  }

  async #workAll(): Promise<void> {
    while (!this.#isOver && (this.#mustRead || this.#waiting.length > 0)) {
      const push = this.#waiting.shift();
      await this.#showAll(this.#following(push?.items ?? []));
      if (push && push.last > this.#cursor) this.#mustRead = true;
      if (this.#mustRead) await this.#readAll();
    }
  }

  /** Those that follow on what was shown, without a gap. */
  #following(items: readonly ItemView[]): ItemView[] {
    const following: ItemView[] = [];
    let end = this.#cursor;
    for (const item of items) {
      if (item.prev > end) break;
      following.push(item);
      end = Math.max(end, item.item);
    }
    return following;
  }

  async #readAll(): Promise<void> {
    this.#mustRead = false;
    try {
      for (;;) {
        const items = await this.#options.read(this.#cursor);
        if (items.length === 0 || this.#isOver) return;
        await this.#showAll(items);
      }
    } catch (error) {
      if (error instanceof Refused) return this.stop(); // the account is gone
      this.#mustRead = true; // nobody could answer: the queue is still there
      await delay(this.#options.clock, retryMs);
    }
  }

  /** Messages that came back share one place in the queue: all of them are shown before the cursor moves on. */
  async #showAll(items: readonly ItemView[]): Promise<void> {
    for (const [index, item] of items.entries()) {
      if (this.#isOver) return;
      if (item.item <= this.#cursor) continue;
      if (!(await this.#show(item))) return;
      if (items[index + 1]?.item === item.item) continue;
      this.#cursor = item.item;
      if (this.#options.delivers === 'shown') this.#deliver(this.#cursor);
    }
  }

  async #show(item: ItemView): Promise<boolean> {
    try {
      await this.#options.show(item);
      return true;
    } catch {
      this.#isBroken = true;
      return false;
    }
  }

  get #isOver(): boolean {
    return this.#stopped || this.#isBroken;
  }

  #deliver(upTo: number): void {
    if (upTo <= this.#delivered) return;
    this.#delivered = upTo;
    this.#mark(gatherMs).catch(() => undefined); // not told: it will be shown again
  }

  #mark(afterMs: number): Promise<void> {
    this.#marking ??= this.#markAll(afterMs).finally(() => {
      this.#marking = undefined;
    });
    return this.#marking;
  }

  async #markAll(afterMs: number): Promise<void> {
    await delay(this.#options.clock, afterMs);
    while (this.#marked < this.#delivered && !this.#stopped) {
      const upTo = this.#delivered;
      await this.#options.markShown(upTo);
      this.#marked = upTo;
    }
  }
}
