/** Messages of the wire protocol, any that its table can describe; and a socket that is not there. */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { decodeAnswer } from '../../src/gateways/wire/codec.ts';
import type { Field, Shape } from '../../src/gateways/wire/fields.ts';
import { FrameReader } from '../../src/gateways/wire/frames.ts';
import { limits } from '../../src/gateways/wire/limits.ts';
import { type Answer, type Request, specs } from '../../src/gateways/wire/registry.ts';

const numbers = {
  u8: fc.nat(0xff),
  u16: fc.nat(0xffff),
  u32: fc.nat(0xffffffff),
  u64: fc.maxSafeNat(),
} as const;
const text = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.nat(20_000).map((length) => 'long, '.repeat(length / 6)) },
);

function anyOf(field: Field): fc.Arbitrary<unknown> {
  if ('list' in field) return fc.array(valuesOf(field.list), { maxLength: 4 });
  if ('choice' in field) return fc.constantFrom(...field.choice);
  if (field.kind === 'text') return text;
  return field.kind === 'flag' ? fc.boolean() : numbers[field.kind];
}

function valuesOf(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, anyOf(field)])));
}

/** @param names of messages. */
export function messages<N extends keyof typeof specs>(names: readonly N[]): fc.Arbitrary<Request | Answer> {
  const one = (type: N) => valuesOf(specs[type].fields).map((values) => ({ type, ...values }));
  return fc.oneof(...names.map(one)) as fc.Arbitrary<Request | Answer>; // made from the table that the types are made from
}

/** Cuts bytes where the sizes say, over and over. */
export function* cutUp(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** What a connection needs of a socket, in memory: `told` is what the far end would read. */
export class MemorySocket extends EventEmitter {
  readonly #reader = new FrameReader(limits.answerBytesMax);
  told: Answer[] = [];
  writable = true;
  destroyed = false;
  writableLength = 0;
  #isPaused = false;

  setNoDelay(): void {}
  /** As the system would tell that nothing moved: by `emit('timeout')`. */
  setTimeout(_: number, told: () => void): void {
    this.on('timeout', told);
  }
  cork(): void {}
  uncork(): void {}
  pause(): void {
    this.#isPaused = true;
  }
  resume(): void {
    this.#isPaused = false;
  }
  isPaused(): boolean {
    return this.#isPaused;
  }
  /** Whatever is said must be a frame that a client understands. */
  write(bytes: Buffer): boolean {
    for (const body of this.#reader.read(bytes)) this.told.push(decodeAnswer(body)!.message);
    return true;
  }
  /** @param done when what waits was taken: by `emit('finish')`. */
  end(done: () => void): void {
    this.writable = false;
    this.once('finish', done);
  }
  destroy(): void {
    this.destroyed = true;
    this.writable = false;
  }

  /** To those who need a real one and use no more of it than this. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }
}
