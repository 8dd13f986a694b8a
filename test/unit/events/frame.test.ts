import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodecError, encodeEvent } from '../../../src/events/codec.ts';
import { Frame, type FrameHeader, GENESIS_HASH } from '../../../src/events/frame.ts';
import { anyEvent, anyText } from '../../support/event-arbitraries.ts';
import { leafPaths, objectPaths, withField, withoutField } from '../../support/json-paths.ts';

const natural = fc.maxSafeNat();
const positive = fc.integer({ min: 1, max: 2 ** 40 });
const digest = fc.stringMatching(/^[0-9a-f]{64}$/);

const anyHeader = fc.record({
  generation: positive,
  epoch: natural,
  number: positive,
  prev: digest,
  leader: anyText,
  position: positive,
  clock: natural,
  wall: natural,
  mark: fc.record({ number: natural, state: digest, version: natural }),
});

const anyFrame = fc
  .tuple(anyHeader, fc.array(anyEvent, { minLength: 1, maxLength: 8 }))
  .map(([header, events]) => ({ header, events, frame: Frame.encode(header, events.map(encodeEvent)) }));

function refusalOf(bytes: Uint8Array): CodecError {
  try {
    Frame.decode(bytes);
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error('understood');
}

/** A frame's bytes with its header replaced by any JSON. */
function withHeader(frame: Frame, header: object): Uint8Array {
  const [, ...lines] = Buffer.from(frame.bytes).toString().split('\n');
  return Buffer.from([JSON.stringify(header), ...lines].join('\n'));
}

describe('a frame', () => {
  it('comes back from its bytes as it was: header, events, hash', () => {
    fc.assert(
      fc.property(anyFrame, ({ header, events, frame }) => {
        const read = Frame.decode(frame.bytes);
        expect(read.header).toEqual({ v: 1, ...header, count: events.length });
        expect(read.events()).toEqual(events);
        expect(events.map((_, index) => read.event(index))).toEqual(events);
        expect(read.bytes).toEqual(frame.bytes);
        expect(read.hash).toBe(frame.hash);
        expect(read.number).toBe(header.number);
        expect(read.last).toBe(header.position + events.length - 1);
      }),
    );
  });

  it('is hashed over all its bytes', () => {
    fc.assert(
      fc.property(anyFrame, ({ frame }) => {
        expect(frame.hash).toBe(createHash('sha256').update(frame.bytes).digest('hex'));
      }),
    );
  });

  it('cannot be altered in one bit without being refused or having another hash', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.nat({ max: 7 }), ({ frame }, at, bit) => {
        const altered = Uint8Array.from(frame.bytes);
        altered[at % altered.length]! ^= 1 << bit;
        try {
          expect(Frame.decode(altered).hash).not.toBe(frame.hash);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
    );
  });

  it('has no event beyond its last', () => {
    fc.assert(
      fc.property(anyFrame, ({ events, frame }) => {
        expect(() => frame.event(events.length)).toThrow(RangeError);
      }),
    );
  });

  it('is read although one of its events is not understood; only that event is refused', () => {
    const header = {
      generation: 1,
      epoch: 1,
      number: 1,
      prev: GENESIS_HASH,
      leader: 'n1',
      position: 1,
      clock: 1,
    };
    const quiet = encodeEvent({ type: 'SessionQuieted', at: 1, data: { session: 's' } });
    const frame = Frame.encode({ ...header, wall: 1, mark: { number: 0, state: GENESIS_HASH, version: 1 } }, [
      quiet,
      quiet.replace('SessionQuieted', 'SessionSung'),
    ]);
    const read = Frame.decode(frame.bytes);
    expect(read.event(0).type).toBe('SessionQuieted');
    expect(() => read.event(1)).toThrow('type: unknown kind of event "SessionSung"');
  });
});

describe('bytes that are no frame are refused by the name of the field (P10):', () => {
  const forAnyFrame = (check: (frame: Frame, choice: number) => void) =>
    fc.assert(fc.property(anyFrame, fc.nat(), ({ frame }, choice) => void check(frame, choice)));
  const fieldOf = (path: readonly string[]) => ['header', ...path].join('.');

  it('fewer or more events than the header says', () => {
    forAnyFrame((frame, choice) => {
      const { count } = frame.header;
      const other = 1 + (choice % (count + 2));
      fc.pre(other !== count);
      const error = refusalOf(withHeader(frame, { ...frame.header, count: other }));
      expect(error.field).toBe('header.count');
      expect(error.message).toContain(`the frame holds ${count} events, not ${other}`);
    });
  });

  it('an end that was cut off', () => {
    forAnyFrame((frame, choice) => {
      const kept = frame.bytes.slice(0, choice % frame.bytes.length);
      expect(refusalOf(kept)).toBeInstanceOf(CodecError);
    });
  });

  it('anything after the end', () => {
    forAnyFrame((frame) => {
      const longer = Buffer.concat([frame.bytes, Buffer.from('x')]);
      expect(refusalOf(longer).field).toBe('header.count');
    });
  });

  it('bytes that are not UTF-8', () => {
    forAnyFrame((frame, choice) => {
      const bytes = Uint8Array.from(frame.bytes);
      bytes[choice % bytes.length] = 0xff; // in no UTF-8 text
      expect(refusalOf(bytes).message).toBe('not UTF-8');
    });
  });

  it.each([0, 2, '1', null])('the layout of another version: %j', (v) => {
    forAnyFrame((frame) =>
      expect(refusalOf(withHeader(frame, { ...frame.header, v })).field).toBe('header.v'),
    );
  });

  it('a field missing from the header', () => {
    forAnyFrame(({ header, ...rest }, choice) => {
      const paths = [...objectPaths(header).slice(1), ...leafPaths(header)];
      const path = paths[choice % paths.length]!;
      const frame = { header, ...rest } as Frame;
      expect(refusalOf(withHeader(frame, withoutField(header, path))).field).toBe(fieldOf(path));
    });
  });

  it('a field of the wrong type in the header', () => {
    forAnyFrame((frame, choice) => {
      const paths = leafPaths(frame.header);
      const path = paths[choice % paths.length]!;
      expect(refusalOf(withHeader(frame, withField(frame.header, path, [[]]))).field).toBe(fieldOf(path));
    });
  });

  it('an unknown field in the header', () => {
    forAnyFrame((frame, choice) => {
      const paths = objectPaths(frame.header);
      const path = [...paths[choice % paths.length]!, 'surplus'];
      expect(refusalOf(withHeader(frame, withField(frame.header, path, 1))).field).toBe(fieldOf(path));
    });
  });

  const outOfRange: Partial<Record<keyof FrameHeader, unknown>> = {
    generation: 0,
    epoch: -1,
    number: 0,
    prev: 'F'.repeat(64),
    position: 0,
    count: 0,
    clock: 0.5,
    wall: -1,
  };
  it.each(Object.entries(outOfRange))('a value out of range in the header: %s %j', (name, value) => {
    forAnyFrame((frame) => {
      expect(refusalOf(withHeader(frame, { ...frame.header, [name]: value })).field).toBe(`header.${name}`);
    });
  });

  it('anything else, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array(), anyText.map(Buffer.from), fc.json().map(Buffer.from)),
        (bytes) => {
          expect(refusalOf(bytes)).toBeInstanceOf(CodecError);
        },
      ),
    );
  });
});
