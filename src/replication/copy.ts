/**
 * A node's own copy of log and rows, and the only writer to its store.
 *
 * Frames come in when their order is certain and are written at once. The commit mark moves when it is heard of, and the
 * rows of what it passed are written along with the next frames, or when somebody asks for them (`flush`): frames, rows
 * and bookmark are one atomic batch. So the busier the node, the larger the batch, and no crash can separate what
 * belongs together.
 *
 * Invariants: mark ≤ stored ≤ tail; none of them ever falls; rows and state hash are exactly those of the mark.
 */
import type { Damaged } from '../actors/replica/machine.ts';
import { CodecError } from '../events/codec.ts';
import { Frame } from '../events/frame.ts';
import { type Entry, type Mark, type NodeStore, StoreCorrupt } from '../log/port.ts';
import { CommittedRows } from '../projections/committed.ts';
import { PROJECTION_VERSION } from '../projections/project.ts';
import { type Layer, mergeLayers } from '../projections/rows.ts';
import { type HeldFrame, HeldFrames } from './held-frames.ts';
import { type RebuildOptions, rebuildRows } from './rebuild.ts';
import { StandingOf } from './standing.ts';
import { emptyTail, examine, type Tail, tailOf } from './tail.ts';

export interface CopyListener {
  /** The log is stored up to here. */
  stored?(tail: Tail): void;
  /** These frames are committed, projected and stored. */
  committed?(frames: readonly HeldFrame[]): void;
  /** The copy cannot go on: log or rows are not what they must be, or the disk refused a write. */
  damaged?(damaged: Damaged, reason: string): void;
}

interface Pending {
  readonly frame: Frame;
  readonly sequence: number;
}

const framesPerBatchMax = 64;

export class Copy {
  readonly rows: CommittedRows;
  readonly store: NodeStore;
  readonly standing: StandingOf;
  readonly #alwaysSync: boolean;
  #sync: boolean;
  readonly #listeners = new Set<CopyListener>();
  readonly #held: HeldFrames;
  /** State hashes that leaders announced, by frame number, to compare with when the mark gets there. */
  readonly #announced = new Map<number, string>();
  #pending: Pending[] = [];
  #onWritten: (() => void)[] = [];
  #tail: Tail;
  #stored: Tail;
  #sequence: number;
  #tailSequence: number;
  #mark: Mark;
  #commitUpTo: number;
  #shown: number;
  #writing = false;
  #damage: string | undefined;

  private constructor(
    { store, sync }: RebuildOptions,
    tail: Tail,
    sequence: number,
    mark: Mark,
    rows: CommittedRows,
  ) {
    this.store = store;
    this.standing = new StandingOf(store);
    this.#held = new HeldFrames(store);
    this.rows = rows;
    this.#alwaysSync = sync;
    this.#sync = sync;
    this.#tail = tail;
    this.#stored = tail;
    this.#sequence = sequence;
    this.#tailSequence = sequence;
    this.#mark = mark;
    this.#commitUpTo = mark.number;
    this.#shown = mark.position;
  }

  /** Opens what the store holds; folds the rows anew when they are of another projection version. */
  static async open(options: RebuildOptions): Promise<Copy> {
    const { store } = options;
    const last = await store.last();
    const bytes = last > 0 ? await store.read(last) : undefined;
    const tail = bytes ? tailOf(Frame.decode(bytes)) : emptyTail;
    const mark = await rebuildRows(options);
    const rows = new CommittedRows((key) => store.readRow(key), mark.state);
    return new Copy(options, tail, store.bookmark?.sequence ?? 0, mark, rows);
  }

  /** The last frame taken in, perhaps not stored yet. */
  get tail(): Tail {
    return this.#tail;
  }

  /** The last frame stored. */
  get stored(): Tail {
    return this.#stored;
  }

  /** The stream's sequence up to which this copy has read; what it ignored counts. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The stream's sequence of `tail`. */
  get tailSequence(): number {
    return this.#tailSequence;
  }

  /** Up to which position readers may have been shown something: `rows` run ahead of the mark during a write. */
  get shown(): number {
    return this.#shown;
  }

  get mark(): Mark {
    return this.#mark;
  }

  listen(listener: CopyListener): { stop(): void } {
    this.#listeners.add(listener);
    return { stop: () => this.#listeners.delete(listener) };
  }

  /**
   * Takes in an entry of the ordered log.
   * @returns the frame, if it was the next one.
   */
  read({ number: sequence, bytes }: Entry): Frame | undefined {
    if (this.#damage !== undefined) return undefined;
    try {
      const frame = Frame.decode(bytes);
      const verdict = examine(this.#tail, frame);
      if (verdict === 'next') {
        this.take(frame, sequence);
        return frame;
      }
      if (typeof verdict === 'object') this.#fail('copy', verdict.damage);
      else this.#sequence = Math.max(this.#sequence, sequence);
    } catch (error) {
      this.#fail('log', `the entry at sequence ${sequence} is no frame: ${(error as Error).message}`);
    }
    return undefined;
  }

  /** Takes in a frame known to be the next one and stored at `sequence`. */
  take(frame: Frame, sequence: number, layer?: Layer): void {
    this.#tail = tailOf(frame);
    this.#sequence = sequence;
    this.#tailSequence = sequence;
    this.#held.take(frame, layer);
    this.#pending.push({ frame, sequence });
    this.announce(frame.header.mark);
    this.commitUpTo(frame.header.mark.number);
    this.flush();
  }

  /** Resolves when no more than a batch waits to be written. */
  roomy(): Promise<void> {
    return this.#untilPending(framesPerBatchMax);
  }

  /** Resolves when everything taken in is stored, or when nothing will be stored any more. */
  settled(): Promise<void> {
    return this.#untilPending(0);
  }

  async #untilPending(most: number): Promise<void> {
    while (this.#damage === undefined && (this.#pending.length > most || (most === 0 && this.#writing))) {
      await new Promise<void>((resolve) => this.#onWritten.push(resolve));
    }
  }

  /** Sync every write from now on, or only where that was asked for. */
  syncWrites(sync: boolean): void {
    this.#sync = sync || this.#alwaysSync;
  }

  /** The stream of a new generation is read from its start. */
  beginGeneration(): void {
    this.#sequence = 0;
    this.#tailSequence = 0;
  }

  /** Gives up the frames above `after`, which are not committed. @throws {RangeError} if they are. */
  async truncate(after: number): Promise<void> {
    await this.settled();
    if (after < this.#mark.number) throw new RangeError(`frames up to ${this.#mark.number} are committed`);
    this.#writing = true; // a mark that is heard meanwhile writes no rows for what is going
    try {
      await this.store.truncate(after);
      const bytes = after > 0 ? await this.store.read(after) : undefined;
      this.#tail = bytes ? tailOf(Frame.decode(bytes)) : emptyTail;
      this.#stored = this.#tail;
      this.#held.forgetAbove(after);
      for (const number of [...this.#announced.keys()]) if (number > after) this.#announced.delete(number);
      this.#commitUpTo = Math.min(this.#commitUpTo, after);
      this.beginGeneration();
    } finally {
      this.#writing = false;
      this.#wake();
    }
  }

  /** Frames above the mark, in order. */
  async ahead(): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (let number = this.#mark.number + 1; number <= this.#tail.number; number++)
      frames.push(await this.#held.get(number));
    return frames;
  }

  /** Somebody found out that it is not what was written. */
  distrust(reason: string): void {
    this.#fail('copy', reason);
  }

  /** Nothing is written any more: the store is closed, or will be another. */
  abandon(): void {
    this.#damage ??= 'abandoned';
    this.#wake();
  }

  /** A leader says what the state hash is at a mark. */
  announce(mark: Pick<Mark, 'number' | 'state' | 'version'>): void {
    if (mark.version !== PROJECTION_VERSION) return;
    if (mark.number > this.#mark.number) this.#announced.set(mark.number, mark.state);
    else if (mark.number === this.#mark.number) this.#compare(mark.state);
  }

  /** Frames up to `number` are committed, those not yet here included; their rows follow with the next write. */
  commitUpTo(number: number): void {
    this.#commitUpTo = Math.max(this.#commitUpTo, number);
  }

  /** Writes the rows of all that is committed now. */
  flush(): void {
    if (!this.#writing) void this.#write();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#damage === undefined && (this.#pending.length > 0 || this.#target() > this.#mark.number)) {
        await this.#writeBatch();
      }
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof StoreCorrupt) this.#fail('copy', `the store is damaged: ${message}`);
      else if (error instanceof CodecError)
        this.#fail('log', `a committed event is not understood: ${message}`);
      else this.#fail('disk', `the store refused a write: ${message}`);
    }
    this.#writing = false;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#onWritten.splice(0)) resolve();
  }

  /** The mark cannot pass what is stored or about to be. */
  #target(): number {
    return Math.min(
      this.#commitUpTo,
      this.#pending[framesPerBatchMax - 1]?.frame.number ?? this.#tail.number,
    );
  }

  async #writeBatch(): Promise<void> {
    const target = Math.min(this.#target(), this.#mark.number + framesPerBatchMax);
    const batch = this.#pending.splice(0, framesPerBatchMax);
    const frames = await this.#held.project(this.#mark.number + 1, target, this.rows);
    const layers = [...new Set(frames.map(({ layer }) => layer))];
    const rows = this.rows.absorb(mergeLayers(layers, this.rows));
    const newest = frames.at(-1)?.frame;
    const mark = newest
      ? {
          number: newest.number,
          position: newest.last,
          state: this.rows.stateHash,
          version: PROJECTION_VERSION,
        }
      : this.#mark;
    this.#shown = mark.position;
    const sequence = batch.at(-1)?.sequence ?? this.store.bookmark?.sequence ?? 0;
    const entries = batch.map(({ frame }) => ({ number: frame.number, bytes: frame.bytes }));
    await this.store.write({ entries, rows, bookmark: { sequence, mark } }, { sync: this.#sync });
    this.rows.written();
    this.#advance(batch, frames, mark);
  }

  #advance(batch: readonly Pending[], frames: readonly HeldFrame[], mark: Mark): void {
    this.#mark = mark;
    const stored = batch.at(-1)?.frame;
    if (stored) {
      this.#stored = tailOf(stored);
      for (const listener of this.#listeners) listener.stored?.(this.#stored);
    }
    this.#wake();
    if (frames.length === 0) return;
    const announced = this.#announced.get(mark.number);
    for (const { frame } of frames) {
      this.#held.forget(frame.number);
      this.#announced.delete(frame.number);
    }
    if (announced !== undefined) this.#compare(announced);
    for (const listener of this.#listeners) listener.committed?.(frames);
    for (const layer of new Set(frames.map((held) => held.layer))) layer.settle(this.rows);
  }

  #compare(state: string): void {
    if (state === this.#mark.state) return;
    this.#fail('copy', `the state hash at frame ${this.#mark.number} is not the leader's`);
  }

  #fail(damaged: Damaged, reason: string): void {
    if (this.#damage !== undefined) return;
    this.#damage = reason;
    for (const listener of this.#listeners) listener.damaged?.(damaged, reason);
    this.#wake();
  }
}
