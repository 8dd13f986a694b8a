/**
 * The watch: sees everything that nodes store, commit and say, and calls out the first broken promise.
 *
 * It knows what no node can know, such as what lies on all disks at this moment, and it believes nobody: a commit is
 * right when enough disks hold the frame, not when a leader says so.
 */
import { Frame, frameHash } from '../events/frame.ts';
import { type RefusalCode, unrecorded } from '../events/refusals.ts';
import type { Entry, Mark, StoreBatch } from '../log/port.ts';
import { type Answer, replySchema } from '../protocol/answers.ts';
import type { HeldFrame } from '../replication/copy.ts';
import type { Trace } from './trace.ts';

export type PromiseName = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'order' | 'alive';

export interface Broken {
  readonly promise: PromiseName;
  readonly what: string;
}

export interface WatchOptions {
  readonly trace: Trace;
  /** Disks that must hold a frame before it counts as committed. */
  readonly copies: number;
}

export class Watch {
  readonly #options: WatchOptions;
  /** Frame hashes that each node ever wrote. */
  readonly #written = new Map<string, Set<string>>();
  readonly #streamed = new Set<string>();
  /** By generation, epoch and number: the one content. */
  readonly #contents = new Map<string, string>();
  /** Who opened each epoch. */
  readonly #leaders = new Map<number, string>();
  readonly #committed = new Map<number, string>();
  readonly #states = new Map<number, string>();
  readonly #marks = new Map<string, Mark>();
  /** What was said under each user's command id, the first time. */
  readonly said = new Map<string, Answer>();
  readonly #hashes = new WeakMap<Uint8Array, string>();
  /** Frames in the order of the stream, with the position of their last event. */
  readonly #frames: { readonly last: number; readonly hash: string }[] = [];
  broken: Broken | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  breaks(promise: PromiseName, what: string): void {
    if (this.broken) return;
    this.broken = { promise, what };
    this.#options.trace.note('watch', `BROKEN ${promise}: ${what}`);
  }

  /** The stream stored an entry. */
  streamed({ number: sequence, bytes }: Entry): void {
    const { header, hash, last } = Frame.decode(bytes);
    const { generation, epoch, number, leader } = header;
    this.#options.trace.note(
      'stream',
      `${sequence}: frame ${number} of ${leader}, epoch ${epoch}, ${hash.slice(0, 8)}`,
    );
    this.#streamed.add(hash);
    this.#frames.push({ last, hash });
    const key = `${generation}:${epoch}:${number}`;
    const before = this.#contents.get(key);
    if (before !== undefined && before !== hash) this.breaks('P3', `two contents for frame ${key}`);
    this.#contents.set(key, hash);
    const first = this.#leaders.get(epoch) ?? leader;
    if (first !== leader) this.breaks('P3', `${first} and ${leader} both wrote in epoch ${epoch}`);
    this.#leaders.set(epoch, leader);
  }

  /** A node's disk took a batch. */
  wrote(node: string, { entries, bookmark }: StoreBatch): void {
    const written = this.#written.get(node) ?? new Set();
    this.#written.set(node, written);
    for (const { bytes } of entries) written.add(this.#hashOf(bytes));
    const { number, state } = bookmark.mark;
    this.#options.trace.count(node, `wrote ${entries.map((entry) => entry.number)} mark ${number} ${state}`);
  }

  /** A node says that frames are committed. */
  committed(node: string, frames: readonly HeldFrame[], mark: Mark): void {
    for (const { frame } of frames) this.#committedFrame(node, frame);
    const state = this.#states.get(mark.number) ?? mark.state;
    if (state !== mark.state) this.breaks('P2', `${node} has another state hash at frame ${mark.number}`);
    this.#states.set(mark.number, mark.state);
    const before = this.#marks.get(node)?.number ?? 0;
    if (mark.number < before) this.breaks('P7', `${node}'s mark fell from ${before} to ${mark.number}`);
    this.#marks.set(node, mark);
  }

  /** A node that lost what it had not synced may be behind where it was. */
  lostPower(node: string): void {
    this.#marks.delete(node);
  }

  /** A node begins to serve. */
  serves(node: string, epoch: number): void {
    this.#options.trace.note(node, `serves epoch ${epoch}`);
    if (this.#leaders.get(epoch) !== node)
      this.breaks('P3', `${node} serves epoch ${epoch} without having opened it`);
  }

  /** A node froze; nothing that a simulation of this kind does is a reason to. */
  froze(node: string, reason: string): void {
    this.breaks('P2', `${node} froze: ${reason}`);
  }

  /** A leader answers a batch of commands. */
  answers(node: string, user: string, payload: string): void {
    const { answers = [], refused } = replySchema.parse(JSON.parse(payload));
    if (refused && !isUnrecorded(refused.code))
      this.breaks('P6', `${node} refuses a batch with ${refused.code}`);
    for (const answer of answers) this.#answered(node, user, answer);
  }

  #answered(node: string, user: string, { duplicate: _, ...answer }: Answer): void {
    this.#options.trace.note(node, `tells ${user} ${answer.id}: ${answer.refused?.code ?? answer.position}`);
    if (answer.position === undefined) {
      const code = answer.refused?.code;
      if (code !== 'id-reused' && !isUnrecorded(code))
        this.breaks('P6', `${node} says ${code} without a place in the log`);
      return;
    }
    this.#mustBeCommitted(node, answer);
    const key = `${user}/${answer.id}`;
    const before = this.said.get(key) ?? answer;
    if (JSON.stringify(before) !== JSON.stringify(answer)) this.breaks('P1', `${key} has two answers`);
    this.said.set(key, answer);
  }

  #mustBeCommitted(node: string, { id, position = 0 }: Answer): void {
    const frame = this.#frames.find(({ last }) => last >= position);
    const holders = frame ? this.#holders(frame.hash) : [];
    if (holders.length >= this.#options.copies) return;
    this.breaks(
      'P1',
      `${node} answers ${id} at ${position}, ${frame ? `written by ${holders} only` : 'not in the stream'}`,
    );
  }

  #holders(frame: string): string[] {
    return [...this.#written].filter(([, written]) => written.has(frame)).map(([node]) => node);
  }

  #committedFrame(node: string, frame: Frame): void {
    const before = this.#committed.get(frame.number);
    if (before !== undefined) {
      if (before !== frame.hash) this.breaks('P2', `${node} committed another frame ${frame.number}`);
      return;
    }
    this.#committed.set(frame.number, frame.hash);
    this.#options.trace.note(node, `is the first to see frame ${frame.number} committed`);
    const holders = this.#holders(frame.hash);
    if (holders.length < this.#options.copies) {
      this.breaks('P1', `frame ${frame.number} counts as committed at ${node}, but only ${holders} wrote it`);
    }
    if (!this.#streamed.has(frame.hash))
      this.breaks('P1', `frame ${frame.number} is committed, but not in the stream`);
  }

  /** The same bytes go to all disks: hashed once. */
  #hashOf(bytes: Uint8Array): string {
    const known = this.#hashes.get(bytes) ?? frameHash(bytes);
    this.#hashes.set(bytes, known);
    return known;
  }
}

function isUnrecorded(code: string | undefined): boolean {
  return unrecorded.has(code as RefusalCode);
}
