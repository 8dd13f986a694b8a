import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAnswer, decodeRequest, encode, headBytes } from '../../../src/gateways/wire/codec.ts';
import { Malformed } from '../../../src/gateways/wire/fields.ts';
import { FrameReader, FrameTooLarge } from '../../../src/gateways/wire/frames.ts';
import { type AnswerName, answers, type RequestName, requests } from '../../../src/gateways/wire/registry.ts';
import { cutUp, messages } from '../../support/wire-messages.ts';

const requestNames = Object.keys(requests) as RequestName[];
const answerNames = Object.keys(answers) as AnswerName[];
const number = fc.nat(0xffffffff);
const bodyOf = (frame: Buffer) => frame.subarray(4);

describe('the codec', () => {
  it('reads what it wrote, whatever the table describes', () => {
    fc.assert(
      fc.property(number, messages(requestNames), (at, message) => {
        expect(decodeRequest(bodyOf(encode(at, message)))).toEqual({ number: at, message });
      }),
    );
    fc.assert(
      fc.property(number, messages(answerNames), (at, message) => {
        expect(decodeAnswer(bodyOf(encode(at, message)))).toEqual({ number: at, message });
      }),
    );
  });

  it('has a code for each message, and no code twice', () => {
    const codes = [...Object.values(requests), ...Object.values(answers)].map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('refuses a frame that is cut anywhere, or has a byte too many', () => {
    fc.assert(
      fc.property(messages(requestNames), fc.nat(), (message, at) => {
        const body = bodyOf(encode(1, message));
        expect(() => decodeRequest(body.subarray(0, at % body.length))).toThrow(Malformed);
        expect(() => decodeRequest(Buffer.concat([body, Buffer.of(0)]))).toThrow(Malformed);
      }),
    );
  });

  it('refuses texts that are not UTF-8, flags and choices that are none, numbers beyond counting', () => {
    const sent = bodyOf(encode(1, { type: 'register', name: 'ab', password: 'cd' }));
    const replaced = Buffer.from(sent);
    replaced[headBytes + 2] = 0xff;
    expect(() => decodeRequest(replaced)).toThrow('UTF-8');
    const honest = bodyOf(encode(1, { type: 'register', name: 'a\ufffdb', password: 'cd' }));
    expect(decodeRequest(honest)).toMatchObject({ message: { name: 'a\ufffdb' } });
    const taken = bodyOf(encode(1, { type: 'taken', upTo: 1 }));
    taken[headBytes] = 0xff;
    expect(() => decodeRequest(taken)).toThrow('2^53');
    const ended = bodyOf(encode(1, { type: 'ended', cancelled: true }));
    ended[headBytes] = 2;
    expect(() => decodeAnswer(ended)).toThrow('a flag is 0 or 1');
  });

  it('does not know what a gateway says as something that a client could', () => {
    expect(decodeRequest(bodyOf(encode(1, { type: 'done' })))).toBeUndefined();
    expect(decodeRequest(Buffer.of(0x7f, 0, 0, 0, 1))).toBeUndefined();
  });
});

describe('frames out of a stream', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });

  it('come out the same however the bytes are cut', () => {
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (given, sizes) => {
        const parts = given.map((body) => {
          const length = Buffer.alloc(4);
          length.writeUInt32BE(body.length);
          return Buffer.concat([length, body]);
        });
        const reader = new FrameReader(300);
        const read: Buffer[] = [];
        for (const chunk of cutUp(Buffer.concat(parts), sizes))
          for (const body of reader.read(chunk)) read.push(Buffer.from(body));
        expect(read).toEqual(given.map((body) => Buffer.from(body)));
        expect(reader.isWithin).toBe(false);
      }),
    );
  });

  it('too long ones are refused by their length alone', () => {
    const reader = new FrameReader(300);
    expect(() => [...reader.read(Buffer.of(0, 0, 1, 45))]).toThrow(FrameTooLarge);
  });
});
