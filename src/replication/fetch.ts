/**
 * Frames from a peer's copy, when the stream does not reach back: for a node that is new, that was away while a new
 * generation was seeded, or whose copy was set aside.
 *
 * Nothing is believed: each frame must continue the chain, and the last one must be the one that was asked for. What
 * fits is stored as it comes, so whoever is interrupted goes on where it stopped.
 */
import { Frame, frameHash, GENESIS_HASH } from '../events/frame.ts';
import type { Log } from '../log/port.ts';
import type { Bus, Subscription } from '../ports/bus.ts';
import type { Journal } from '../ports/journal.ts';
import type { Copy } from './copy.ts';
import { fetchSchema, parse, subjects } from './messages.ts';
import { examine } from './tail.ts';

/** An answer stays below the broker's largest message: one frame more than this does not fit any more. */
const answerBytesMax = 900 * 1024;
const timeoutMs = 5_000;
const lengthBytes = 4;

/** Frame `number` with this hash: the end that is to be reached. */
export interface Base {
  readonly number: number;
  readonly hash: string;
}

/** The peer has other frames than those that lead to the base, or none. */
export class WrongPeer extends Error {
  override readonly name = 'WrongPeer';
}

/** Answers peers that ask for frames. */
export function serveFrames(bus: Bus, node: string, log: Log): Subscription {
  return bus.subscribe(subjects.frames(node), (message) => {
    const asked = parse(fetchSchema, message.data);
    if (!asked) return;
    void gather(log, asked.from, asked.to)
      .then((answer) => message.respond(answer))
      .catch(() => undefined); // the asker asks another peer
  });
}

async function gather(log: Log, from: number, to: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const { bytes } of log.range(from, to)) {
    sizeBytes += lengthBytes + bytes.length;
    if (parts.length > 0 && sizeBytes > answerBytesMax) break;
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32BE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

export interface FetchOptions {
  readonly copy: Copy;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly peer: string;
  readonly signal: AbortSignal;
}

/** Brings the copy from where it ends to `base`. @throws {WrongPeer} and {NoAnswer}, {NobodyThere} from the bus. */
export async function fetchUpTo(base: Base, options: FetchOptions): Promise<void> {
  const { copy, journal, peer, signal } = options;
  const first = copy.tail.number;
  const progress = stepsOf(10);
  while (copy.tail.number < base.number) {
    for (const bytes of await ask(copy.tail.number + 1, base, options)) take(copy, bytes, peer);
    await copy.roomy();
    signal.throwIfAborted();
    const done = copy.tail.number - first;
    if (progress(done / (base.number - first)))
      journal.notice(`copied ${done} of ${base.number - first} frames from ${peer}`);
  }
  await copy.settled();
  if (copy.tail.hash !== base.hash) throw new WrongPeer(`${peer} has another frame ${base.number}`);
}

/**
 * The last frame that is here and leads to the base, as far as it is needed from the mark on. Only a chain that was
 * followed to the base's own hash is believed: what the peer has is no better than what is here.
 * @returns undefined when what is committed here does not lead there. @throws {WrongPeer} and as the bus does.
 */
export async function lastInCommon(base: Base, options: FetchOptions): Promise<number | undefined> {
  const { copy, peer } = options;
  const start = copy.mark.number;
  let prev = await hashOf(copy, start);
  let number = start;
  let common: number | undefined = start;
  let hasParted = false;
  while (number < base.number) {
    for (const bytes of await ask(number + 1, base, options)) {
      const frame = Frame.decode(bytes);
      const continues = frame.number === number + 1 && frame.header.prev === prev;
      if (!continues && number > start)
        throw new WrongPeer(`${peer} has a broken chain at frame ${number + 1}`);
      if (!continues) common = undefined;
      number += 1;
      prev = frame.hash;
      hasParted ||= number > copy.tail.number || (await hashOf(copy, number)) !== prev;
      if (!hasParted && common !== undefined) common = number;
    }
  }
  if (prev !== base.hash) throw new WrongPeer(`${peer} has another frame ${base.number}`);
  return common;
}

/** Of a frame that is here; of what stands before the first, for 0. */
export async function hashOf({ store }: Copy, number: number): Promise<string> {
  const bytes = number > 0 ? await store.read(number) : undefined;
  return bytes ? frameHash(bytes) : GENESIS_HASH;
}

/** Of the peer's frame `number`. @throws {WrongPeer} and as the bus does. */
export async function hashAtPeer(number: number, peer: string, bus: Bus): Promise<string> {
  const request = JSON.stringify({ from: number, to: number });
  const [bytes] = split(await bus.request(subjects.frames(peer), request, timeoutMs));
  if (!bytes) throw new WrongPeer(`${peer} has no frame ${number}`);
  return frameHash(bytes);
}

async function ask(from: number, base: Base, { bus, peer, signal }: FetchOptions): Promise<Uint8Array[]> {
  const request = JSON.stringify({ from, to: base.number });
  const frames = split(await bus.request(subjects.frames(peer), request, timeoutMs));
  signal.throwIfAborted();
  if (frames.length === 0) throw new WrongPeer(`${peer} has no frame ${from}`);
  return frames;
}

function take(copy: Copy, bytes: Uint8Array, peer: string): void {
  const frame = Frame.decode(bytes);
  if (examine(copy.tail, frame) !== 'next')
    throw new WrongPeer(`${peer} has a frame ${frame.number} that does not continue the chain`);
  copy.take(frame, 0);
}

function split(answer: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(answer);
  const frames: Uint8Array[] = [];
  for (let at = 0; at + lengthBytes <= buffer.length; ) {
    const end = at + lengthBytes + buffer.readUInt32BE(at);
    frames.push(buffer.subarray(at + lengthBytes, end));
    at = end;
  }
  return frames;
}

/** Tells whether another of `steps` equal parts is done. */
function stepsOf(steps: number): (fraction: number) => boolean {
  let told = 0;
  return (fraction) => {
    const step = Math.floor(fraction * steps);
    if (step <= told) return false;
    told = step;
    return true;
  };
}
