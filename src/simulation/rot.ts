/**
 * Bit rot: what a disk holds and can no longer give back. Frames and rows lie in blocks with checksums, so damage is
 * found when it is read, which may be never.
 */
import type { MemoryStore } from '../log/memory.ts';
import { type StoreBatch, StoreCorrupt } from '../log/port.ts';
import type { SeededRandom } from './random.ts';

export type RotKind = 'frame' | 'row';

/** Rows that are read soon after a node has started: there the damage is met. */
const oftenRead = /^(user|session|mailbox|pair|cluster)\//;

export class Rot {
  readonly #frames = new Set<number>();
  readonly #rows = new Set<string>();

  get isThere(): boolean {
    return this.#frames.size + this.#rows.size > 0;
  }

  /** @returns what was hit, in words. */
  async strike(kind: RotKind, contents: MemoryStore, random: SeededRandom): Promise<string | undefined> {
    if (kind === 'frame') return this.#strikeSomeFrame(await contents.last(), random);
    const rows = await contents.rangeRows({ from: '', to: '~' });
    const keys = rows.map(([key]) => key).filter((key) => oftenRead.test(key));
    const key = keys[random.whole(0, Math.max(keys.length - 1, 0))];
    if (key === undefined) return undefined;
    this.#rows.add(key);
    return `row ${key}`;
  }

  mustHoldFrame(number: number): void {
    if (this.#frames.has(number)) throw new StoreCorrupt(`checksum mismatch in frame ${number}`);
  }

  mustHoldRow(key: string): void {
    if (this.#rows.has(key)) throw new StoreCorrupt(`checksum mismatch in row ${key}`);
  }

  /** What is written anew is sound. */
  wrote({ rows }: StoreBatch): void {
    for (const [key] of rows) this.#rows.delete(key);
  }

  clear(): void {
    this.#frames.clear();
    this.#rows.clear();
  }

  strikeFrame(number: number): void {
    this.#frames.add(number);
  }

  /** The latest ones are read most. */
  #strikeSomeFrame(last: number, random: SeededRandom): string | undefined {
    if (last === 0) return undefined;
    const number = random.chance(0.5) ? last : random.whole(1, last);
    this.strikeFrame(number);
    return `frame ${number}`;
  }
}
