/**
 * Requests of one connection that have no answer yet, and whether there is room for another: what a far end asks for and
 * does not read must not pile up here, neither as requests nor as the answers to them.
 */
import { limits } from './limits.ts';
import type { Message, RequestName } from './registry.ts';

/** Whatever has an answer. */
export type Asking = Message<Exclude<RequestName, 'taken' | 'credit' | 'cancel'>>;

/** Those whose answers are large. */
const pages: ReadonlySet<RequestName> = new Set(['users', 'sessions', 'transcript']);

interface Open {
  readonly sizeBytes: number;
  readonly isPage: boolean;
}

export class UnderWay {
  readonly #open = new Map<number, Open>();
  #bytes = 0;
  #pages = 0;

  get count(): number {
    return this.#open.size;
  }

  get isFull(): boolean {
    const { inFlightMax, inFlightBytesMax, pagesInFlightMax } = limits;
    return this.count >= inFlightMax || this.#bytes >= inFlightBytesMax || this.#pages >= pagesInFlightMax;
  }

  has(number: number): boolean {
    return this.#open.has(number);
  }

  /** @param number of no other that is open. */
  begin(number: number, { type }: Asking, sizeBytes: number): void {
    const isPage = pages.has(type);
    this.#open.set(number, { sizeBytes, isPage });
    this.#bytes += sizeBytes;
    if (isPage) this.#pages += 1;
  }

  end(number: number): void {
    const open = this.#open.get(number);
    if (!open) return;
    this.#open.delete(number);
    this.#bytes -= open.sizeBytes;
    if (open.isPage) this.#pages -= 1;
  }
}
