/**
 * Following: the node's copy is compared with the ordered log once (the seam), then reads on from where it ends.
 *
 * A consumer that starts beyond the end of a truncated stream waits in silence and skips what is written meanwhile, so
 * at every joining the entry at the copy's own last sequence must be the copy's own last frame.
 */

import { type Frame, frameHash } from '../events/frame.ts';
import type { Entry, Following, OrderedLog } from '../log/port.ts';
import type { Copy } from './copy.ts';

/** The ordered log does not hold what this node has stored. */
export class SeamBroken extends Error {
  override readonly name = 'SeamBroken';
  /** Whether something else stands there, instead of nothing. */
  readonly isOther: boolean;

  constructor(message: string, isOther: boolean) {
    super(message);
    this.isOther = isOther;
  }
}

/** Where the last frame that is known stands in the log. */
export type Seam = Pick<Copy, 'tail' | 'tailSequence'>;

/** @throws {SeamBroken} */
export async function verifySeam(log: OrderedLog, { tailSequence: sequence, tail }: Seam): Promise<void> {
  if (sequence === 0) return;
  const there = await log.read(sequence);
  if (there && frameHash(there) === tail.hash) return;
  const found = there ? 'holds something else' : 'ends before';
  const where = `at sequence ${sequence}, where frame ${tail.number} was stored`;
  throw new SeamBroken(`the stream ${found} ${where}`, there !== undefined);
}

export interface FollowerListener {
  /** A frame was read that the copy did not have. */
  read(frame: Frame): void;
  /** The log turned out to end before what was read from it. */
  lost(reason: string): void;
}

export class Follower implements Following {
  readonly #copy: Copy;
  readonly #listener: FollowerListener;
  readonly #following: Following;
  readonly #waiting = new Set<() => void>();
  #stopped = false;

  constructor(log: OrderedLog, copy: Copy, listener: FollowerListener) {
    this.#copy = copy;
    this.#listener = listener;
    const lost = (reason: string) => listener.lost(reason);
    this.#following = log.follow(copy.sequence, { entry: (entry) => this.#read(entry), lost });
  }

  /** Resolves once the copy has read up to `sequence`. */
  async reached(sequence: number, signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake, { once: true });
    while (this.#copy.sequence < sequence && !signal.aborted) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    signal.removeEventListener('abort', wake);
  }

  stop(): void {
    this.#stopped = true;
    this.#following.stop();
    this.#wake();
  }

  /** Held back while the disk is far behind: the log is kept by its owner, not in this process's memory. */
  async #read(entry: Entry): Promise<void> {
    if (this.#stopped) return;
    const frame = entry.number > this.#copy.sequence ? this.#copy.read(entry) : undefined;
    if (frame) this.#listener.read(frame);
    this.#wake();
    await this.#copy.roomy();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
