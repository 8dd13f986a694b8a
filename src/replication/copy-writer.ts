/**
 * The only writer to a copy's store.
 *
 * Frames are written as soon as they are taken in. The rows of what the commit mark has passed are written along with the
 * next frames, or when somebody asks for them (`flush`): frames, rows and bookmark are one atomic batch. So the busier
 * the node, the larger the batch, and no crash can separate what belongs together.
 *
 * Invariants: mark ≤ stored; neither ever falls; rows and state hash are exactly those of the mark.
 */
import { Frame } from '../events/frame.ts';
import type { Mark, NodeStore } from '../log/port.ts';
import type { CommittedRows } from '../projections/committed.ts';
import { PROJECTION_VERSION } from '../projections/project.ts';
import { type Layer, mergeLayers } from '../projections/rows.ts';
import { type HeldFrame, HeldFrames } from './held-frames.ts';
import { emptyTail, type Tail, tailOf } from './tail.ts';

export interface WriterOptions {
  readonly store: NodeStore;
  readonly rows: CommittedRows;
  /** The last frame stored. */
  readonly stored: Tail;
  readonly mark: Mark;
  /** Sync every write to the disk. */
  readonly sync: boolean;
  onStored(tail: Tail): void;
  /** The rows of these frames are written, and the mark is at the last of them. */
  onCommitted(frames: readonly HeldFrame[]): void;
  /** Nothing is written any more. */
  onFailed(error: Error): void;
}

interface Pending {
  readonly frame: Frame;
  readonly sequence: number;
}

const framesPerBatchMax = 64;

export class CopyWriter {
  readonly #options: WriterOptions;
  readonly #held: HeldFrames;
  #sync: boolean;
  #pending: Pending[] = [];
  #onWritten: (() => void)[] = [];
  #stored: Tail;
  #mark: Mark;
  #commitUpTo: number;
  #shown: number;
  #writing = false;
  #stopped = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#held = new HeldFrames(options.store);
    this.#sync = options.sync;
    this.#stored = options.stored;
    this.#mark = options.mark;
    this.#commitUpTo = options.mark.number;
    this.#shown = options.mark.position;
  }

  /** The last frame stored. */
  get stored(): Tail {
    return this.#stored;
  }

  get mark(): Mark {
    return this.#mark;
  }

  /** Up to which position readers may have been shown something: rows run ahead of the mark during a write. */
  get shown(): number {
    return this.#shown;
  }

  /** The next frame is to be stored; `flush` does it. */
  take(frame: Frame, sequence: number, layer?: Layer): void {
    this.#held.take(frame, layer);
    this.#pending.push({ frame, sequence });
  }

  /** Frames up to `number` are committed, those not yet here included. */
  commitUpTo(number: number): void {
    this.#commitUpTo = Math.max(this.#commitUpTo, number);
  }

  /** Sync every write from now on, or only where that was asked for. */
  syncWrites(sync: boolean): void {
    this.#sync = sync || this.#options.sync;
  }

  /** Writes what was taken, and the rows of all that is committed now. */
  flush(): void {
    if (!this.#writing) void this.#write();
  }

  /** Resolves when no more than a batch waits to be written. */
  roomy(): Promise<void> {
    return this.#until(() => this.#stopped || this.#pending.length <= framesPerBatchMax);
  }

  /** Resolves when everything taken in is stored, or when nothing will be stored any more. */
  settled(): Promise<void> {
    return this.#until(() => this.#stopped || (this.#pending.length === 0 && !this.#writing));
  }

  /** Nothing more is written. Resolves when the write that is under way, if any, has ended. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    return this.#until(() => !this.#writing);
  }

  /** Gives up the frames above `after`, which are not committed. @throws {RangeError} if they are. */
  async truncate(after: number): Promise<void> {
    await this.settled();
    if (after < this.#mark.number) throw new RangeError(`frames up to ${this.#mark.number} are committed`);
    const { store } = this.#options;
    this.#writing = true; // a mark that is heard meanwhile writes no rows for what is going
    try {
      await store.truncate(after);
      const bytes = after > 0 ? await store.read(after) : undefined;
      this.#stored = bytes ? tailOf(Frame.decode(bytes)) : emptyTail;
      this.#held.forgetAbove(after);
      this.#commitUpTo = Math.min(this.#commitUpTo, after);
    } finally {
      this.#writing = false;
      this.#wake();
    }
  }

  /** The frames above the mark up to `last`, in order. */
  async ahead(last: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (let number = this.#mark.number + 1; number <= last; number++)
      frames.push(await this.#held.get(number));
    return frames;
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#onWritten.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#onWritten.splice(0)) resolve();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (!this.#stopped && (this.#pending.length > 0 || this.#target() > this.#mark.number))
        await this.#writeBatch();
    } catch (error) {
      this.#options.onFailed(error as Error);
    }
    this.#writing = false;
    this.#wake();
  }

  /** The mark cannot pass what is stored or about to be. */
  #target(): number {
    const last = this.#pending[framesPerBatchMax - 1] ?? this.#pending.at(-1);
    return Math.min(this.#commitUpTo, last?.frame.number ?? this.#stored.number);
  }

  async #writeBatch(): Promise<void> {
    const { store, rows: committed } = this.#options;
    const target = Math.min(this.#target(), this.#mark.number + framesPerBatchMax);
    const batch = this.#pending.splice(0, framesPerBatchMax);
    const frames = await this.#held.project(this.#mark.number + 1, target, committed);
    const layers = [...new Set(frames.map(({ layer }) => layer))];
    const rows = committed.absorb(mergeLayers(layers, committed));
    const newest = frames.at(-1)?.frame;
    const mark = newest
      ? {
          number: newest.number,
          position: newest.last,
          state: committed.stateHash,
          version: PROJECTION_VERSION,
        }
      : this.#mark;
    this.#shown = mark.position;
    const sequence = batch.at(-1)?.sequence ?? store.bookmark?.sequence ?? 0;
    const entries = batch.map(({ frame }) => ({ number: frame.number, bytes: frame.bytes }));
    await store.write({ entries, rows, bookmark: { sequence, mark } }, { sync: this.#sync });
    committed.written();
    this.#advance(batch, frames, mark);
  }

  #advance(batch: readonly Pending[], frames: readonly HeldFrame[], mark: Mark): void {
    this.#mark = mark;
    const stored = batch.at(-1)?.frame;
    if (stored) {
      this.#stored = tailOf(stored);
      this.#options.onStored(this.#stored);
    }
    this.#wake();
    if (frames.length === 0) return;
    for (const { frame } of frames) this.#held.forget(frame.number);
    this.#options.onCommitted(frames);
    for (const layer of new Set(frames.map((held) => held.layer))) layer.settle(this.#options.rows);
  }
}
