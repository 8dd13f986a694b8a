/**
 * Group commit: what is decided goes into the open draft; when no frame is under way the draft is cut into a frame and
 * appended. One frame in flight, so the busier the leader, the larger the frame, and nothing is ever appended before
 * the frame before it is known to be stored.
 *
 * Decisions are made upon decisions that are not committed yet. Their rows lie in layers, one a frame, each upon the
 * one before: `rows` is the newest. If the leader is deposed, they are thrown away with it; nobody was told.
 */
import { encodeEvent } from '../events/codec.ts';
import type { DomainEvent } from '../events/domain.ts';
import { Frame } from '../events/frame.ts';
import type { LamportClock } from '../events/lamport.ts';
import { limits } from '../events/limits.ts';
import { LogGone, type OrderedLog } from '../log/port.ts';
import type { Clock } from '../ports/clock.ts';
import { project } from '../projections/project.ts';
import { Layer, type Rows } from '../projections/rows.ts';
import { appendFrame } from './append.ts';
import type { Copy } from './copy.ts';
import type { HeldFrame } from './held-frames.ts';
import { type Tail, tailOf } from './tail.ts';

interface Draft {
  readonly number: number;
  /** Position of its first event. */
  readonly position: number;
  readonly layer: Layer;
  readonly lines: string[];
  sizeBytes: number;
}

export interface AppenderOptions {
  readonly node: string;
  readonly log: OrderedLog;
  readonly copy: Copy;
  readonly clock: Clock;
  readonly lamport: LamportClock;
  /** The first event of a frame was decided. */
  begun?(frame: number): void;
  /** A frame was cut and is being appended. */
  cut(frame: Frame): void;
  /** A frame was appended. */
  stored(held: HeldFrame): void;
  /** Somebody else's frame stands where this leader's should: it leads no more. */
  fenced(): void;
}

/** More frames than this waiting to be cut: the leader takes nothing new. */
const draftsMax = 8;

export class Appender {
  readonly #options: AppenderOptions;
  #drafts: [Draft, ...Draft[]];
  /** The last frame cut, whether stored yet or not. */
  #tail: Tail;
  #sequence: number;
  #busy = false;
  #stopped = false;

  /** Begins after the copy's last frame, the leader's own `LeaderElected`, which is committed. */
  constructor(options: AppenderOptions) {
    this.#options = options;
    this.#tail = options.copy.tail;
    this.#sequence = options.copy.sequence;
    this.#drafts = [this.#newDraft(this.#tail.number + 1, this.#tail.position + 1, options.copy.rows)];
  }

  /** Rows as they will be when everything decided so far is committed. */
  get rows(): Rows {
    return this.#open.layer;
  }

  get isOverloaded(): boolean {
    return this.#drafts.length > draftsMax;
  }

  /** Whether nothing is under way or waiting. */
  get isIdle(): boolean {
    return !this.#busy && this.#open.lines.length === 0;
  }

  /**
   * Writes what a command led to into the log to be, all of it into one frame.
   * @returns where the last of the events will stand.
   */
  record(events: readonly DomainEvent[]): { position: number; frame: number } {
    const lines = events.map(encodeEvent);
    const draft = this.#draftFor(lines);
    for (const [index, event] of events.entries()) {
      const position = draft.position + draft.lines.length + index;
      project(draft.layer, { event, position, frame: draft.number, epoch: this.#tail.epoch });
    }
    if (draft.lines.length === 0) this.#options.begun?.(draft.number);
    draft.lines.push(...lines);
    if (!this.#busy) {
      this.#busy = true;
      this.#options.clock.soon(() => void this.#appendAll());
    }
    return { position: draft.position + draft.lines.length - 1, frame: draft.number };
  }

  stop(): void {
    this.#stopped = true;
  }

  get #open(): Draft {
    return this.#drafts.at(-1) as Draft; // never empty
  }

  #newDraft(number: number, position: number, base: Rows): Draft {
    return { number, position, layer: new Layer(base), lines: [], sizeBytes: 0 };
  }

  #draftFor(lines: readonly string[]): Draft {
    const sizeBytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    const open = this.#open;
    const isFull =
      open.lines.length + lines.length > limits.eventsPerFrameMax ||
      open.sizeBytes + sizeBytes > limits.frameBytesMax;
    if (isFull && open.lines.length > 0) {
      this.#drafts.push(this.#newDraft(open.number + 1, open.position + open.lines.length, open.layer));
    }
    this.#open.sizeBytes += sizeBytes;
    return this.#open;
  }

  async #appendAll(): Promise<void> {
    while (!this.#stopped && this.#drafts[0].lines.length > 0) {
      const draft = this.#drafts[0];
      const frame = this.#cut(draft);
      this.#options.cut(frame);
      const { log, copy, clock } = this.#options;
      const sequence = this.#sequence + 1;
      const isWanted = () => !this.#stopped;
      const outcome = await appendFrame(log, frame, sequence, copy, clock, isWanted).catch(lostWithLog);
      if (this.#stopped) break;
      if (outcome !== 'stored') {
        this.stop();
        this.#options.fenced();
        break;
      }
      this.#sequence = sequence;
      const held = { frame, layer: draft.layer };
      this.#options.stored(held);
      copy.take(held.frame, sequence, held.layer);
    }
    this.#busy = false;
  }

  /** Turns the oldest draft into a frame; what is decided from now on goes into the next. */
  #cut(draft: Draft): Frame {
    const { node, copy, clock, lamport } = this.#options;
    const { generation, epoch, hash } = this.#tail;
    const firstClock = lamport.receive(this.#tail.clock);
    lamport.receive(firstClock + draft.lines.length - 2);
    const frame = Frame.encode(
      {
        generation,
        epoch,
        number: draft.number,
        prev: hash,
        leader: node,
        position: draft.position,
        clock: firstClock,
        wall: Math.floor(clock.wallMs()),
        mark: { number: copy.mark.number, state: copy.mark.state, version: copy.mark.version },
      },
      draft.lines,
    );
    this.#tail = tailOf(frame);
    const [, ...later] = this.#drafts;
    const [
      next = this.#newDraft(draft.number + 1, draft.position + draft.lines.length, draft.layer),
      ...rest
    ] = later;
    this.#drafts = [next, ...rest];
    return frame;
  }
}

function lostWithLog(error: unknown): 'lost' {
  if (error instanceof LogGone) return 'lost';
  throw error;
}
