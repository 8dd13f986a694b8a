/** When all is over and healed: what the log says is compared with what nodes hold and with what clients were told. */
import type { DomainEvent } from '../events/domain.ts';
import { Frame, frameHash } from '../events/frame.ts';
import { MemoryStore } from '../log/memory.ts';
import { type Answer, answerFrom } from '../protocol/answers.ts';
import { emptyTail, examine, type Tail, tailOf } from '../replication/tail.ts';
import { verifyStore } from '../service/verify.ts';
import type { Attempt, Showing } from './history.ts';
import type { SimulatedNode } from './node.ts';
import type { World } from './world.ts';

interface Placed {
  readonly event: DomainEvent;
  readonly position: number;
}

export async function judge(world: World): Promise<void> {
  const verdict = new Verdict(world);
  await verdict.judge();
}

class Verdict {
  readonly #world: World;
  readonly #frames: Frame[] = [];
  readonly #events: Placed[] = [];
  /** By user and command id. */
  readonly #caused = new Map<string, Placed>();

  constructor(world: World) {
    this.#world = world;
  }

  async judge(): Promise<void> {
    await this.#readLog();
    for (const node of this.#world.nodes) await this.#judgeNode(node);
    this.#judgeAnswers();
    for (const attempt of this.#world.history.attempts) this.#judgeAttempt(attempt);
    this.#judgeOrder();
    for (const user of new Set(this.#world.history.showings.map((showing) => showing.user)))
      this.#judgeDeliveries(user);
  }

  /** The log as the node that leads has it: chained from the first frame on, with all that was ever committed. */
  async #readLog(): Promise<void> {
    const { leader, nodes, stream, watch } = this.#world;
    const { contents } = (leader ?? nodes[0]!).disk;
    let tail: Tail = emptyTail;
    for await (const { bytes } of contents.range(1)) {
      const frame = Frame.decode(bytes);
      const verdict = examine(tail, frame);
      if (verdict !== 'next') this.#breaks('P2', `the log is broken: ${JSON.stringify(verdict)}`);
      tail = tailOf(frame);
      this.#frames.push(frame);
      this.#readFrame(frame);
    }
    for (const [number, hash] of watch.committedFrames)
      if (this.#frames[number - 1]?.hash !== hash)
        this.#breaks('P1', `frame ${number} was committed, and is not in the log any more`);
    const last = stream?.entries.at(-1);
    if (last && frameHash(last) !== tail.hash && Frame.decode(last).header.epoch >= tail.epoch)
      this.#breaks('P2', 'the log does not end where the stream ends');
  }

  #readFrame(frame: Frame): void {
    for (const [index, event] of frame.events().entries()) {
      const position = frame.header.position + index;
      const before = this.#events.at(-1);
      if (before && before.position !== position - 1)
        this.#breaks('P2', `position ${position} follows ${before.position}`);
      if (before && before.event.at > event.at)
        this.#breaks('order', `the stamps fall at position ${position}`);
      this.#events.push({ event, position });
      if (!event.cause) continue;
      const key = `${event.cause.user}/${event.cause.id}`;
      if (this.#caused.has(key))
        this.#breaks('P1', `${key} stands in the log twice, the second time at ${position}`);
      this.#caused.set(key, { event, position });
    }
  }

  async #judgeNode({ id, disk: { contents } }: SimulatedNode): Promise<void> {
    const last = await contents.last();
    if (last !== this.#frames.length)
      this.#breaks('P2', `${id} holds ${last} frames, the log has ${this.#frames.length}`);
    for (const frame of this.#frames) {
      const own = await contents.read(frame.number);
      if (!own || Buffer.compare(own, frame.bytes) !== 0)
        return this.#breaks('P2', `${id} holds another frame ${frame.number}`);
    }
    const mark = contents.bookmark?.mark.number;
    if (mark !== last) this.#breaks('alive', `${id} has committed up to ${mark} of ${last}`);
    const { ok, reason } = await verifyStore(contents, { scratch: new MemoryStore() });
    if (!ok) this.#breaks('P2', `${id} does not verify: ${reason}`);
  }

  /** Whatever any leader ever said, whether it arrived or not, is what the log says. */
  #judgeAnswers(): void {
    for (const [key, said] of this.#world.watch.said) {
      const placed = this.#caused.get(key);
      const told: Answer | undefined = placed && answerFrom(placed.event, placed.position);
      if (JSON.stringify(told) !== JSON.stringify(said)) {
        this.#breaks('P3', `${key}: said was ${JSON.stringify(said)}, the log has ${JSON.stringify(told)}`);
      }
    }
  }

  #judgeAttempt({ user, id, text, outcome }: Attempt): void {
    const placed = this.#caused.get(`${user}/${id}`);
    const { event, position } = placed ?? {};
    const isOwn = event?.type === 'MessagePosted' && event.data.text === text;
    if (outcome?.kind === 'answered') {
      const isThere =
        isOwn && position === outcome.answer.position && event.data.session === outcome.answer.session;
      if (!isThere)
        this.#breaks('P1', `${id} was acknowledged at ${outcome.answer.position}, there is ${position}`);
    } else if (outcome?.kind === 'refused') {
      if (outcome.code === 'id-reused' && (!event || isOwn))
        this.#breaks('P6', `${id} was refused as used before`);
      const isRecorded =
        event?.type === 'CommandRefused' && event.data.code === outcome.code && position === outcome.position;
      if (outcome.code !== 'id-reused' && !isRecorded)
        this.#breaks('P6', `${id} was refused with ${outcome.code}, not in the log`);
    } else if (outcome?.outcome === 'not-sent' && placed && this.#attempts(user, id).length === 1) {
      this.#breaks('P6', `${id} was called not sent, but stands at ${position}`);
    }
  }

  #attempts(user: string, id: string): Attempt[] {
    return this.#world.history.attempts.filter((attempt) => attempt.user === user && attempt.id === id);
  }

  /** What one run of a client was given one after the other stands in that order. */
  #judgeOrder(): void {
    const lastOf = new Map<string, number>();
    for (const { user, id, run, outcome } of this.#world.history.attempts) {
      if (outcome?.kind !== 'answered' || outcome.answer.duplicate || this.#attempts(user, id).length > 1)
        continue;
      const { position = 0 } = outcome.answer;
      if (position < (lastOf.get(run) ?? 0))
        this.#breaks('order', `${id} of ${run} at ${position} overtook an earlier one`);
      lastOf.set(run, position);
    }
  }

  #judgeDeliveries(user: string): void {
    const queue = this.#queueOf(user);
    const seen = new Set<number>();
    for (const showing of this.#world.history.showings.filter((one) => one.user === user)) {
      this.#judgeShowing(showing, queue);
      for (const { item } of showing.items) seen.add(item);
    }
    const missed = queue.find((position) => !seen.has(position));
    if (missed !== undefined) this.#breaks('P4', `${user} was never shown ${missed}`);
  }

  /** A piece of the queue, without gaps or repeats; to the end of it, if the client follows still. */
  #judgeShowing({ run, items, isLive }: Showing, queue: readonly number[]): void {
    const shown = items.map(({ item }) => item);
    const start = shown[0] === undefined ? queue.length : queue.indexOf(shown[0]);
    const piece = queue.slice(start, start + shown.length);
    if (piece.join() !== shown.join()) this.#breaks('P4', `${run} was shown ${shown} out of ${queue}`);
    if (isLive && shown.length > 0 && shown.at(-1) !== queue.at(-1)) {
      this.#breaks('P4', `${run} was shown up to ${shown.at(-1)}, the queue ends at ${queue.at(-1)}`);
    }
  }

  #queueOf(user: string): number[] {
    const participants = new Map<string, readonly string[]>();
    const queue: number[] = [];
    for (const { event, position } of this.#events) {
      if (event.type === 'SessionOpened') participants.set(event.data.session, event.data.participants);
      if (event.type !== 'MessagePosted' || event.data.from === user) continue;
      if (participants.get(event.data.session)?.includes(user)) queue.push(position);
    }
    return queue;
  }

  #breaks(promise: Parameters<World['watch']['breaks']>[0], what: string): void {
    this.#world.watch.breaks(promise, what);
  }
}
