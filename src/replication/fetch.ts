/**
 * Frames from a peer's copy, when the stream does not reach back: for a node that is new, that was away while a new
 * generation was seeded, or whose copy was set aside.
 *
 * Nothing is believed: each frame must continue the chain, and the last one must be the one that was asked for. What
 * fits is stored as it comes, so whoever is interrupted goes on where it stopped.
 */
import { Frame } from '../events/frame.ts';
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
export async function fetchUpTo(
  base: Base,
  { copy, bus, journal, peer, signal }: FetchOptions,
): Promise<void> {
  const first = copy.tail.number;
  const progress = stepsOf(10);
  while (copy.tail.number < base.number) {
    const request = JSON.stringify({ from: copy.tail.number + 1, to: base.number });
    const answer = await bus.request(subjects.frames(peer), request, timeoutMs);
    signal.throwIfAborted();
    const frames = split(answer);
    if (frames.length === 0) throw new WrongPeer(`${peer} has no frame ${copy.tail.number + 1}`);
    for (const bytes of frames) take(copy, bytes, peer);
    await copy.roomy();
    signal.throwIfAborted();
    const done = copy.tail.number - first;
    if (progress(done / (base.number - first)))
      journal.notice(`copied ${done} of ${base.number - first} frames from ${peer}`);
  }
  await copy.settled();
  if (copy.tail.hash !== base.hash) throw new WrongPeer(`${peer} has another frame ${base.number}`);
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
