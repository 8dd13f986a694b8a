/**
 * The watch: sees everything that nodes store, commit and say, and calls out the first broken promise.
 *
 * It knows what no node can know, such as what lies on all disks at this moment, and it believes nobody: a commit is
 * right when enough disks hold the frame, not when a leader says so.
 */
import type { Violation } from '../checkers/violation.ts';
import { type Frame, frameHash } from '../events/frame.ts';
import { type RefusalCode, unrecorded } from '../events/refusals.ts';
import type { Mark, StoreBatch } from '../log/port.ts';
import { type Answer, replySchema } from '../protocol/answers.ts';
import type { HeldFrame } from '../replication/held-frames.ts';
import type { Tail } from '../replication/tail.ts';
import type { Refusing } from './disk.ts';
import type { Trace } from './trace.ts';

export interface Broken {
  /** `alive`: that a cluster which was put right again goes on. */
  readonly promise: Violation['promise'] | 'alive';
  readonly what: string;
}

/** Its disk refuses writes, or did; what it stored cannot be read; its rows are not those of the others. */
type Excuse = Refusing | 'rotten' | 'folded wrongly';

export class Watch {
  readonly #trace: Trace;
  /** How many disks must hold a frame before it counts as committed, from which frame on. */
  readonly #copies: { readonly from: number; readonly copies: number }[] = [];
  /** Frame hashes that each node ever wrote. */
  readonly #written = new Map<string, Set<string>>();
  readonly #streamed = new Set<string>();
  /** By generation, epoch and number: the one content. */
  readonly #contents = new Map<string, string>();
  /** Who opened each epoch, by generation and epoch. */
  readonly #leaders = new Map<string, string>();
  /** Hashes of the frames that opened them. */
  readonly #opened = new Set<string>();
  /** Epochs whose first frame the stream has lost. */
  readonly #reopenable = new Set<string>();
  readonly #committed = new Map<number, string>();
  readonly #states = new Map<number, string>();
  readonly #marks = new Map<string, Mark>();
  /** Reasons that each node has to stop serving. */
  readonly #excuses = new Map<string, Set<Excuse>>();
  /** Some fold went wrong once: a wrong leader's state hashes stay in the frames that it wrote. */
  #isFoldWrong = false;
  /** Hashes of frames that a stream held and lost. */
  readonly #cut = new Set<string>();
  /** What was said under each user's command id, the first time. */
  readonly said = new Map<string, Answer>();
  readonly #hashes = new WeakMap<Uint8Array, string>();
  /** Frames in the order in which streams stored them. */
  readonly #frames: Frame[] = [];
  broken: Broken | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Hashes of the frames that some node called committed, by number. */
  get committedFrames(): ReadonlyMap<number, string> {
    return this.#committed;
  }

  breaks(promise: Broken['promise'], what: string): void {
    if (this.broken) return;
    this.broken = { promise, what };
    this.#trace.note('watch', `BROKEN ${promise}: ${what}`);
  }

  /** The stream stored an entry. @param isStray it is not part of the log, whatever a node thinks of it. */
  streamed(sequence: number, frame: Frame, isStray: boolean): void {
    const { header, hash } = frame;
    const { generation, epoch, number, leader } = header;
    const what = `${isStray ? 'stray ' : ''}frame ${number} of ${leader}, epoch ${epoch}, ${hash.slice(0, 8)}`;
    this.#trace.note('stream', `${generation}/${sequence}: ${what}`);
    if (isStray) return;
    this.#streamed.add(hash);
    this.#frames.push(frame);
    this.#noteCopies(frame);
    const key = `${generation}:${epoch}:${number}`;
    const before = this.#contents.get(key);
    if (before !== undefined && before !== hash) this.breaks('P3', `two contents for frame ${key}`);
    this.#contents.set(key, hash);
    const office = `${generation}:${epoch}`;
    const isReopened = this.#reopenable.delete(office);
    const first = (isReopened ? undefined : this.#leaders.get(office)) ?? leader;
    if (first !== leader) this.breaks('P3', `${first} and ${leader} both wrote in epoch ${office}`);
    if (isReopened || !this.#leaders.has(office)) this.#opened.add(hash);
    this.#leaders.set(office, leader);
  }

  #noteCopies(frame: Frame): void {
    for (const { type, data } of frame.events()) {
      if (type !== 'Seeded' && type !== 'LeaderElected' && type !== 'CopiesChanged') continue;
      this.#copies.push({ from: frame.number, copies: data.copies });
      this.#trace.note('stream', `from frame ${frame.number} on ${data.copies} copies count`);
    }
  }

  /** A node's disk took a batch. */
  wrote(node: string, { entries, bookmark }: StoreBatch): void {
    const written = this.#written.get(node) ?? new Set();
    this.#written.set(node, written);
    for (const { bytes } of entries) written.add(this.#hashOf(bytes));
    const { number, state } = bookmark.mark;
    this.#trace.count(node, `wrote ${entries.map((entry) => entry.number)} mark ${number} ${state}`);
  }

  /** A node says that frames are committed. */
  committed(node: string, frames: readonly HeldFrame[], mark: Mark): void {
    for (const { frame } of frames) this.#committedFrame(node, frame);
    if (!this.hasFoldedWrongly(node)) this.#compareStates(node, mark);
    const before = this.#marks.get(node)?.number ?? 0;
    if (mark.number < before) this.breaks('P7', `${node}'s mark fell from ${before} to ${mark.number}`);
    this.#marks.set(node, mark);
  }

  /** A node whose fold went wrong has another state until it notices; in the end all states are compared. */
  #compareStates(node: string, mark: Mark): void {
    const state = this.#states.get(mark.number) ?? mark.state;
    if (state !== mark.state) this.breaks('P2', `${node} has another state hash at frame ${mark.number}`);
    this.#states.set(mark.number, mark.state);
  }

  /** A node that lost what it had not synced may be behind where it was. */
  lostPower(node: string): void {
    this.#marks.delete(node);
  }

  /** A node begins again with nothing. @param isRobbed somebody else removed what it had. */
  setAside(node: string, isRobbed: boolean): void {
    if (!isRobbed && !this.#mayBeDamaged(node)) this.breaks('P2', `${node} set a sound copy aside`);
    this.#marks.delete(node);
    for (const excuse of ['rotten', 'folded wrongly'] as const) this.#excuses.get(node)?.delete(excuse);
  }

  /** Whether its rows may not be those of the others: it has not noticed yet, and will give its copy up. */
  hasFoldedWrongly(node: string): boolean {
    return this.#excuses.get(node)?.has('folded wrongly') === true;
  }

  /** Something was done to a node for which it may stop serving, or set its copy aside. */
  excuse(node: string, excuse: Excuse): void {
    this.#excuses.set(node, (this.#excuses.get(node) ?? new Set()).add(excuse));
    if (excuse === 'folded wrongly') this.#isFoldWrong = true;
  }

  /**
   * The stream lost these frames: whoever holds them holds something else than the stream will. If nobody else does,
   * the same epoch may be opened again, by somebody else.
   */
  cutOff(frames: readonly Frame[]): void {
    for (const { hash, header } of frames) {
      const { generation, epoch, number } = header;
      this.#cut.add(hash);
      this.#contents.delete(`${generation}:${epoch}:${number}`);
      if (this.#opened.has(hash)) this.#reopenable.add(`${generation}:${epoch}`);
    }
  }

  /** Whether as many nodes have stored a frame of the stream as it takes to commit it. @param readers as good as that. */
  isOnEnough(hash: string, readers: readonly string[]): boolean {
    const frame = this.#frames.findLast((one) => one.hash === hash);
    const holders = new Set([...this.#holders(hash), ...readers]);
    return frame !== undefined && holders.size >= this.#copiesFor(frame.number);
  }

  /** A node begins to serve. */
  serves(node: string, { generation, epoch }: Tail): void {
    this.#trace.note(node, `serves epoch ${epoch} of generation ${generation}`);
    if (this.#leaders.get(`${generation}:${epoch}`) !== node)
      this.breaks('P3', `${node} serves epoch ${epoch} without having opened it`);
  }

  /** A node stopped serving: because its copy is damaged, or because its disk refuses writes. */
  froze(node: string, reason: string): void {
    const isRefusing = [...(this.#excuses.get(node) ?? [])].some((excuse) => reason.includes(excuse));
    if (!isRefusing && !this.#mayBeDamaged(node)) this.breaks('P2', `${node} froze: ${reason}`);
  }

  /** A node stopped serving to fold its frames anew: somewhere a fold must have gone wrong. */
  doubted(node: string, reason: string): void {
    if (!this.#isFoldWrong) this.breaks('P2', `${node} is ${reason}`);
  }

  /** What it holds was damaged, or is not what the stream holds since that has lost something. */
  #mayBeDamaged(node: string): boolean {
    const excuses = this.#excuses.get(node);
    const written = this.#written.get(node) ?? new Set();
    const isCut = [...this.#cut].some((hash) => written.has(hash));
    return isCut || excuses?.has('rotten') === true || this.hasFoldedWrongly(node);
  }

  /** A leader answers a batch of commands. */
  answers(node: string, user: string, payload: string): void {
    const { answers = [], refused } = replySchema.parse(JSON.parse(payload));
    if (refused && !isUnrecorded(refused.code))
      this.breaks('P6', `${node} refuses a batch with ${refused.code}`);
    for (const answer of answers) this.#answered(node, user, answer);
  }

  #answered(node: string, user: string, { duplicate: _, ...answer }: Answer): void {
    this.#trace.note(node, `tells ${user} ${answer.id}: ${answer.refused?.code ?? answer.position}`);
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
    // Where the stream lost its end, other frames may have stood at this position for a while: its own is what it tells.
    const own = this.#written.get(node);
    const holds = ({ header, last, hash }: Frame) =>
      header.position <= position && last >= position && own?.has(hash) === true;
    const frame = this.#frames.findLast(holds);
    const holders = frame ? this.#holders(frame.hash) : [];
    if (frame && holders.length >= this.#copiesFor(frame.number)) return;
    this.breaks(
      'P1',
      `${node} answers ${id} at ${position}, ${frame ? `written by ${holders} only` : 'which it does not hold'}`,
    );
  }

  /** What was in force at a frame, or any lower count since. */
  #copiesFor(number: number): number {
    const first = this.#copies.findLastIndex(({ from }) => from <= number);
    return Math.min(...this.#copies.slice(Math.max(first, 0)).map(({ copies }) => copies));
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
    this.#trace.note(node, `is the first to see frame ${frame.number} committed`);
    const holders = this.#holders(frame.hash);
    if (holders.length < this.#copiesFor(frame.number)) {
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
