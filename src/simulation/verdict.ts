/**
 * When all is over and healed: what clients were told and shown is judged by the checkers, as on real processes. What is
 * left to judge here they cannot know: the bytes that disks and stream hold, and what leaders said to whom it never reached.
 */
import { check } from '../checkers/check.ts';
import { KnownLog } from '../checkers/known-log.ts';
import { byLength, type LogEntry, type NodeRecord } from '../checkers/log.ts';
import { Frame, frameHash } from '../events/frame.ts';
import { MemoryStore } from '../log/memory.ts';
import { type Answer, answerFrom } from '../protocol/answers.ts';
import { emptyTail, type Tail, tailOf } from '../replication/tail.ts';
import { verifyStore } from '../replication/verify.ts';
import type { SimulatedNode } from './node.ts';
import type { Broken } from './watch.ts';
import type { World } from './world.ts';

export async function judge(world: World): Promise<void> {
  const verdict = new Verdict(world);
  await verdict.judge();
}

class Verdict {
  readonly #world: World;
  /** Hashes of the frames that were committed, or that are the first node's where nobody said so. */
  readonly #frames: Map<number, string>;
  /** All nodes read the same bytes: decoded once. */
  readonly #entries = new Map<string, readonly LogEntry[]>();

  constructor(world: World) {
    this.#world = world;
    this.#frames = new Map(world.watch.committedFrames);
  }

  async judge(): Promise<void> {
    const { nodes, history, leader, stream } = this.#world;
    const records: NodeRecord[] = [];
    for (const node of nodes) {
      const tail = await this.#readNode(node, records);
      if (node === leader) this.#judgeStream(tail, stream?.entries.at(-1));
    }
    this.#judgeAnswers(new KnownLog(byLength(records)[0]?.log ?? []));
    for (const { promise, what } of check(history.events, records)) this.#breaks(promise, what);
  }

  /** A chain of whole frames, with the rows that follow from it, and with all that was ever committed. */
  async #readNode({ id, disk: { contents } }: SimulatedNode, records: NodeRecord[]): Promise<Tail> {
    const { ok, reason } = await verifyStore(contents, { scratch: new MemoryStore() });
    if (!ok) this.#breaks('P2', `${id} does not verify: ${reason}`);
    let tail = emptyTail;
    const log: LogEntry[] = [];
    for await (const { bytes } of contents.range(1)) {
      const frame = Frame.decode(bytes);
      const known = this.#frames.get(frame.number);
      if (known === undefined) this.#frames.set(frame.number, frame.hash);
      else if (known !== frame.hash) this.#breaks('P2', `${id} holds another frame ${frame.number}`);
      log.push(...this.#entriesOf(frame));
      tail = tailOf(frame);
    }
    for (const number of this.#frames.keys())
      if (number > tail.number) this.#breaks('P1', `frame ${number} is not in the log of ${id}`);
    const { number = 0, state = '', version = 0 } = contents.bookmark?.mark ?? {};
    if (number !== tail.number)
      this.#breaks('alive', `${id} has committed up to ${number} of ${tail.number}`);
    records.push({ node: id, log, hashes: [{ frame: number, version, state }] });
    return tail;
  }

  #entriesOf(frame: Frame): readonly LogEntry[] {
    const known = this.#entries.get(frame.hash);
    if (known) return known;
    const entries = frame.events().map((event, index): LogEntry => {
      return { position: frame.header.position + index, frame: frame.number, event };
    });
    this.#entries.set(frame.hash, entries);
    return entries;
  }

  #judgeStream(tail: Tail, last: Uint8Array | undefined): void {
    if (last && frameHash(last) !== tail.hash && Frame.decode(last).header.epoch >= tail.epoch)
      this.#breaks('P2', 'the log does not end where the stream ends');
  }

  /** Whatever any leader ever said, whether it arrived or not, is what the log says. */
  #judgeAnswers(log: KnownLog): void {
    for (const [key, said] of this.#world.watch.said) {
      const [entry] = log.answers.get(key) ?? [];
      const told: Answer | undefined = entry && answerFrom(entry.event, entry.position);
      if (JSON.stringify(told) !== JSON.stringify(said)) {
        this.#breaks('P3', `${key}: said was ${JSON.stringify(said)}, the log has ${JSON.stringify(told)}`);
      }
    }
  }

  #breaks(promise: Broken['promise'], what: string): void {
    this.#world.watch.breaks(promise, what);
  }
}
