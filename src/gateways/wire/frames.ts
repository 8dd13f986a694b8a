/**
 * Frames out of a stream of bytes, however it is cut. What is kept between two chunks is at most one frame that has begun,
 * and a frame that says that it is too long is refused before any byte of it is kept.
 */
import { lengthBytes } from './codec.ts';

export class FrameTooLarge extends Error {
  override readonly name = 'FrameTooLarge';
}

export class FrameReader {
  readonly #bytesMax: number;
  /** Of the length that is being read: how many of its bytes are there, and their value so far. */
  #lengthRead = 0;
  #length = 0;
  /** Of the frame that has begun, where it came in parts. */
  #body: Buffer | undefined;
  #filled = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether a frame has begun and is not complete. */
  get isWithin(): boolean {
    return this.#lengthRead > 0;
  }

  /**
   * The frames that a chunk completes, without their lengths. They may be parts of the chunk: whoever keeps one copies it.
   * @throws {FrameTooLarge} from then on.
   */
  *read(chunk: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#lengthRead < lengthBytes) {
        this.#length = this.#length * 256 + chunk[at]!;
        at += 1;
        this.#lengthRead += 1;
        if (this.#lengthRead < lengthBytes) continue;
      }
      if (this.#length > this.#bytesMax) throw new FrameTooLarge();
      const from = at;
      at = Math.min(chunk.length, at + this.#length - this.#filled);
      const whole = this.#take(chunk.subarray(from, at));
      if (whole) yield whole;
    }
  }

  /** @returns the frame, when this is the rest of it. */
  #take(part: Buffer): Buffer | undefined {
    const isLast = this.#filled + part.length === this.#length;
    if (isLast && this.#body === undefined) return this.#complete(part);
    this.#body ??= Buffer.allocUnsafe(this.#length);
    part.copy(this.#body, this.#filled);
    this.#filled += part.length;
    return isLast ? this.#complete(this.#body) : undefined;
  }

  #complete(frame: Buffer): Buffer {
    this.#lengthRead = 0;
    this.#length = 0;
    this.#body = undefined;
    this.#filled = 0;
    return frame;
  }
}
