/**
 * A frame: the unit in which the log grows, is replicated and is acknowledged.
 *
 * On disk and on the wire a frame is lines of JSON: a header, then one event a line. The header carries the SHA-256
 * of the whole frame before it, so the frames are a chain: who holds the last hash can prove every earlier byte.
 * People can read a frame with any tool; programs read single events of it without parsing the others.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { CodecError, codecError, decodeEvent, parseJson } from './codec.ts';
import type { DomainEvent } from './domain.ts';

/** What stands before the first frame of the first generation. */
export const GENESIS_HASH = '0'.repeat(64);

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const natural = z.int().min(0);

const headerSchema = z.strictObject({
  /** Version of this layout. */
  v: z.literal(1),
  generation: z.int().min(1),
  epoch: natural,
  /** Counts frames from 1, across epochs and generations. */
  number: z.int().min(1),
  /** Hash of frame `number - 1`. */
  prev: digest,
  leader: z.string(),
  /** Position of the first event; positions count events from 1. */
  position: z.int().min(1),
  count: z.int().min(1),
  /** Lamport clock of the first event; the event at index i has `clock + i`. */
  clock: natural,
  /** The leader's wall clock, raw: for the record only, nothing is decided by it. */
  wall: natural,
  /** What was committed when this frame was cut, and the hash of all projection rows there. */
  mark: z.strictObject({ number: natural, state: digest, version: natural }),
});

export type FrameHeader = Readonly<z.infer<typeof headerSchema>>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export class Frame {
  readonly header: FrameHeader;
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, hexadecimal. */
  readonly hash: string;
  readonly #lines: readonly string[];

  private constructor(header: FrameHeader, bytes: Uint8Array, lines: readonly string[]) {
    this.header = header;
    this.bytes = bytes;
    this.hash = frameHash(bytes);
    this.#lines = lines;
  }

  static encode(header: Omit<FrameHeader, 'v' | 'count'>, events: readonly string[]): Frame {
    const full = headerSchema.parse({ v: 1, ...header, count: events.length }); // what readers demand, writers check
    return new Frame(full, Buffer.from(`${JSON.stringify(full)}\n${events.join('\n')}\n`), events);
  }

  /** @throws {CodecError} if the bytes are no frame. Events are decoded when they are asked for. */
  static decode(bytes: Uint8Array): Frame {
    const [first = '', ...lines] = decodeText(bytes).split('\n');
    const header = headerSchema.safeParse(parseJson(first));
    if (!header.success) throw codecError(header.error, 'header');
    if (lines.pop() !== '' || lines.length !== header.data.count) {
      throw new CodecError(
        'header.count',
        `the frame holds ${lines.length} events, not ${header.data.count}`,
      );
    }
    return new Frame(header.data, bytes, lines);
  }

  get number(): number {
    return this.header.number;
  }

  /** Position of the last event. */
  get last(): number {
    return this.header.position + this.header.count - 1;
  }

  /** The event at an index. @throws {CodecError} naming the event and field that is not understood. */
  event(index: number): DomainEvent {
    const line = this.#lines[index];
    if (line === undefined) throw new RangeError(`frame ${this.number} has no event ${index}`);
    return decodeEvent(line);
  }

  events(): DomainEvent[] {
    return this.#lines.map(decodeEvent);
  }
}

export function frameHash(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new CodecError('', 'not UTF-8', { cause });
  }
}
