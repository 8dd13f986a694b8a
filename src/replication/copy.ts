/**
 * A node's own copy of log and rows, as others see it: what it takes in, how far it is, and whether it can go on.
 *
 * Frames come in when their order is certain and are written at once; the commit mark moves when it is heard of. Both go
 * through the one writer.
 *
 * Invariants: mark ≤ stored ≤ tail; none of them ever falls, but for what `truncate` gives up.
 */
import type { Damaged } from '../actors/replica/machine.ts';
import { CodecError } from '../events/codec.ts';
import { Frame } from '../events/frame.ts';
import { type Entry, type Mark, type NodeStore, StoreCorrupt } from '../log/port.ts';
import { CommittedRows } from '../projections/committed.ts';
import type { Layer } from '../projections/rows.ts';
import { Agreement, type Office } from './agreement.ts';
import { CopyWriter } from './copy-writer.ts';
import type { HeldFrame } from './held-frames.ts';
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

export interface CopyOptions extends RebuildOptions {
  /** The office in which this copy was found sound although its leader had another state hash. */
  readonly standsBy?: Office | undefined;
}

export class Copy {
  readonly rows: CommittedRows;
  readonly store: NodeStore;
  readonly standing: StandingOf;
  readonly #writer: CopyWriter;
  readonly #listeners = new Set<CopyListener>();
  readonly agreement: Agreement;
  #tail: Tail;
  #sequence: number;
  #tailSequence: number;
  #damage: string | undefined;

  private constructor({ store, sync, standsBy }: CopyOptions, tail: Tail, mark: Mark) {
    this.store = store;
    this.standing = new StandingOf(store);
    this.rows = new CommittedRows((key) => store.readRow(key), mark.state);
    this.agreement = new Agreement(mark, standsBy);
    this.#tail = tail;
    this.#sequence = store.bookmark?.sequence ?? 0;
    this.#tailSequence = this.#sequence;
    this.#writer = new CopyWriter({
      store,
      rows: this.rows,
      stored: tail,
      mark,
      sync,
      onStored: (stored) => {
        for (const listener of this.#listeners) listener.stored?.(stored);
      },
      onCommitted: (frames) => this.#committed(frames),
      onFailed: (error) => this.#failToWrite(error),
    });
  }

  /** Opens what the store holds; folds the rows anew when they are of another projection version. */
  static async open(options: CopyOptions): Promise<Copy> {
    const { store } = options;
    const last = await store.last();
    const bytes = last > 0 ? await store.read(last) : undefined;
    const tail = bytes ? tailOf(Frame.decode(bytes)) : emptyTail;
    return new Copy(options, tail, await rebuildRows(options));
  }

  /** The last frame taken in, perhaps not stored yet. */
  get tail(): Tail {
    return this.#tail;
  }

  /** The last frame stored. */
  get stored(): Tail {
    return this.#writer.stored;
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
    return this.#writer.shown;
  }

  get mark(): Mark {
    return this.#writer.mark;
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
    this.#writer.take(frame, sequence, layer);
    this.announce(frame.header.mark);
    this.commitUpTo(frame.header.mark.number);
    this.flush();
  }

  /** Resolves when no more than a batch waits to be written. */
  roomy(): Promise<void> {
    return this.#writer.roomy();
  }

  /** Resolves when everything taken in is stored, or when nothing will be stored any more. */
  settled(): Promise<void> {
    return this.#writer.settled();
  }

  /** Sync every write from now on, or only where that was asked for. */
  syncWrites(sync: boolean): void {
    this.#writer.syncWrites(sync);
  }

  /** The stream of a new generation is read from its start. */
  beginGeneration(): void {
    this.#sequence = 0;
    this.#tailSequence = 0;
  }

  /** Gives up the frames above `after`, which are not committed. @throws {RangeError} if they are. */
  async truncate(after: number): Promise<void> {
    await this.#writer.truncate(after);
    this.#tail = this.#writer.stored;
    this.agreement.forgetAbove(after);
    this.beginGeneration();
  }

  /** Frames above the mark, in order. */
  ahead(): Promise<Frame[]> {
    return this.#writer.ahead(this.#tail.number);
  }

  /** Somebody found out that it is not what was written. */
  distrust(reason: string): void {
    this.#fail('copy', reason);
  }

  /** Another copy is sound and has other rows: perhaps these are wrong. */
  doubt(reason: string): void {
    this.#fail('state', reason);
  }

  /** Nothing is written any more: the store is closed, or will be another. Resolves when no write is under way. */
  abandon(): Promise<void> {
    this.#damage ??= 'abandoned';
    return this.#writer.stop();
  }

  /** The leader in whose office this copy ends says what the state hash is at a mark. */
  announce(mark: Pick<Mark, 'number' | 'state' | 'version'>): void {
    if (this.agreement.announce(mark, this.#tail, this.mark)) this.#differ();
  }

  /** Frames up to `number` are committed, those not yet here included; their rows follow with the next write. */
  commitUpTo(number: number): void {
    this.#writer.commitUpTo(number);
  }

  /** Writes the rows of all that is committed now. */
  flush(): void {
    this.#writer.flush();
  }

  #committed(frames: readonly HeldFrame[]): void {
    if (this.agreement.passed(this.mark)) this.#differ();
    for (const listener of this.#listeners) listener.committed?.(frames);
  }

  #differ(): void {
    this.#fail('state', `the state hash at frame ${this.mark.number} is not the leader's`);
  }

  #failToWrite(error: Error): void {
    const { message } = error;
    if (error instanceof StoreCorrupt) this.#fail('copy', `the store is damaged: ${message}`);
    else if (error instanceof CodecError)
      this.#fail('log', `a committed event is not understood: ${message}`);
    else this.#fail('disk', `the store refused a write: ${message}`);
  }

  #fail(damaged: Damaged, reason: string): void {
    if (this.#damage !== undefined) return;
    this.#damage = reason;
    void this.#writer.stop();
    for (const listener of this.#listeners) listener.damaged?.(damaged, reason);
  }
}
