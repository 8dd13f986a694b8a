/** The ordered log in memory. Its answers can be spoiled in all the ways in which a broker's can. */
import { MemoryStore } from '../../src/log/memory.ts';
import {
  type Entry,
  type Following,
  LogConflict,
  LogGone,
  type LogReader,
  type OrderedLog,
  OutcomeUnknown,
} from '../../src/log/port.ts';

/**
 * What becomes of one append. `stored unheard`: it is stored, the answer is lost. `lost`: it never arrives. `late`: it
 * arrives only when its sender has asked what stands there. `overtaken`: another's entry was faster.
 */
export type Fate = 'stored' | 'stored unheard' | 'lost' | 'late' | 'overtaken';

export interface Attempt {
  readonly bytes: Uint8Array;
  readonly number: number;
  readonly id: string | undefined;
}

export class MemoryOrderedLog implements OrderedLog {
  readonly #entries = new MemoryStore();
  readonly #readers = new Set<() => void>();
  readonly #losers = new Set<(reason: string) => void>();
  #isGone = false;
  /** What was asked for, in order. */
  readonly attempts: Attempt[] = [];
  /** Of the appends to come; those after are stored. */
  fates: Fate[] = [];
  readonly #other: Uint8Array;
  #late: (() => Promise<void>) | undefined;
  #held: Promise<void> | undefined;
  #release: () => void = () => undefined;
  /** Appends under way. */
  underWay = 0;

  /** @param other the entry that overtakes. */
  constructor(other: Uint8Array = Buffer.from('another')) {
    this.#other = other;
  }

  /** From now on appends wait. */
  hold(): void {
    this.#held ??= new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#release();
    this.#held = undefined;
  }

  /** As if somebody had deleted it. */
  lose(reason: string): void {
    this.#isGone = true;
    for (const tell of this.#losers) tell(reason);
  }

  async last(): Promise<number> {
    this.#check();
    return await this.#entries.last();
  }

  async append(bytes: Uint8Array, number: number, id?: string): Promise<void> {
    this.attempts.push({ bytes, number, id });
    this.underWay += 1;
    await this.#held;
    this.underWay -= 1;
    if (this.#isGone) throw new OutcomeUnknown('nobody answers');
    const fate = this.fates.shift() ?? 'stored';
    if (fate === 'overtaken') await this.#store(this.#other, (await this.last()) + 1);
    if (fate === 'late') this.#late = () => this.#store(bytes, number).catch(() => undefined);
    else if (fate !== 'lost') await this.#store(bytes, number);
    if (fate !== 'stored') throw new OutcomeUnknown(`no word on entry ${number}`);
  }

  async read(number: number): Promise<Uint8Array | undefined> {
    this.#check();
    const bytes = await this.#entries.read(number);
    const late = this.#late;
    this.#late = undefined;
    await late?.();
    return bytes;
  }

  range(from: number, to?: number): AsyncIterable<Entry> {
    return this.#entries.range(from, to);
  }

  follow(after: number, reader: LogReader): Following {
    let stopped = false;
    let wake: () => void = () => undefined;
    const bring = async () => {
      for (let number = after + 1; !stopped; number++) {
        let bytes = await this.#entries.read(number);
        while (!bytes && !stopped) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          bytes = await this.#entries.read(number);
        }
        if (bytes && !stopped) await reader.entry({ number, bytes });
      }
    };
    const woken = () => wake();
    const lost = (reason: string) => reader.lost(reason);
    this.#readers.add(woken);
    this.#losers.add(lost);
    void bring();
    return {
      stop: () => {
        stopped = true;
        this.#readers.delete(woken);
        this.#losers.delete(lost);
        wake();
      },
    };
  }

  #check(): void {
    if (this.#isGone) throw new LogGone('the stream is gone');
  }

  async #store(bytes: Uint8Array, number: number): Promise<void> {
    if (number !== (await this.last()) + 1) throw new LogConflict(`entry ${number} is not the next one`);
    await this.#entries.append(bytes, number);
    for (const wake of this.#readers) wake();
  }
}
