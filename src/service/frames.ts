/** Frames by number for readers, the latest ones decoded kept at hand. */
import { Frame } from '../events/frame.ts';
import type { Log } from '../log/port.ts';
import { eventAt, type StoredEvent } from '../projections/stored.ts';

const keptMax = 64;

export class Frames {
  readonly #log: Log;
  readonly #kept = new Map<number, Frame>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @throws {RangeError} if there is no such frame. */
  async get(number: number): Promise<Frame> {
    const kept = this.#kept.get(number);
    if (kept) return kept;
    const bytes = await this.#log.read(number);
    if (!bytes) throw new RangeError(`there is no frame ${number}`);
    const frame = Frame.decode(bytes);
    this.#kept.set(number, frame);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= keptMax) break;
      this.#kept.delete(oldest);
    }
    return frame;
  }

  async event(position: number, frame: number): Promise<StoredEvent> {
    return eventAt(await this.get(frame), position);
  }

  /** The number of the frame that holds a position, between 1 and `last`: frames are in order, so by halving. */
  async holding(position: number, last: number): Promise<number> {
    let low = 1;
    let high = last;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((await this.get(middle)).header.position <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
