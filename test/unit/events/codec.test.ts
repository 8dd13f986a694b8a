import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodecError, decodeEvent, encodeEvent, parseBytes } from '../../../src/events/codec.ts';
import { type DomainEvent, eventSchemas } from '../../../src/events/domain.ts';
import { anyEvent, anyText, eventOfType, eventTypes } from '../../support/event-arbitraries.ts';
import { leafPaths, objectPaths, withField, withoutField } from '../../support/json-paths.ts';

function refusalOf(line: string): CodecError {
  try {
    decodeEvent(line);
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error(`understood ${line}`);
}

/** Not every event answers a command; some fields came later, and old events are read without them. */
const mayBeMissing = new Set(['cause', 'minCopies', 'expiresAt', 'skeletons']);

const aMessage: DomainEvent = {
  type: 'MessagePosted',
  at: 7,
  data: { session: 's-1', from: 'u-1', text: 'hi' },
  cause: { user: 'u-1', id: 'c1', digest: 'd' },
};

describe('an event', () => {
  it('has a schema and an arbitrary for every kind', () => {
    expect([...eventTypes].sort()).toEqual(Object.keys(eventSchemas).sort());
  });

  it.each(eventTypes)('of kind %s comes back as it was, on one line', (type) => {
    fc.assert(
      fc.property(eventOfType(type), (event) => {
        const line = encodeEvent(event);
        expect(line).not.toContain('\n');
        expect(decodeEvent(line)).toEqual(event);
      }),
    );
  });
});

describe('what is not known is refused by the name of its field (P10):', () => {
  it.each(eventTypes)('an unknown field anywhere in %s', (type) => {
    fc.assert(
      fc.property(eventOfType(type), fc.nat(), (event, choice) => {
        const paths = objectPaths(event);
        const path = [...paths[choice % paths.length]!, 'surplus'];
        const error = refusalOf(JSON.stringify(withField(event, path, 1)));
        expect(error).toMatchObject({ field: path.join('.'), message: `${path.join('.')}: unknown field` });
      }),
    );
  });

  it.each(eventTypes)('a field missing from %s', (type) => {
    fc.assert(
      fc.property(eventOfType(type), fc.nat(), (event, choice) => {
        const paths = [...objectPaths(event), ...leafPaths(event)].filter((path) => {
          const name = path.at(-1);
          return name !== undefined && !mayBeMissing.has(name) && Number.isNaN(Number(name));
        });
        const path = paths[choice % paths.length]!;
        expect(refusalOf(JSON.stringify(withoutField(event, path))).field).toBe(path.join('.'));
      }),
    );
  });

  it.each(eventTypes)('a field of the wrong type in %s', (type) => {
    fc.assert(
      fc.property(eventOfType(type), fc.nat(), (event, choice) => {
        const paths = leafPaths(event);
        const path = paths[choice % paths.length]!;
        const wrong = withField(event, path, [[]]); // no field is an array of arrays
        expect(refusalOf(JSON.stringify(wrong)).field.split('.').slice(0, path.length)).toEqual(path);
      }),
    );
  });

  it.each(['Unheard', 'constructor', 'toString', '__proto__', '', 7, null])('the kind %j', (type) => {
    const error = refusalOf(JSON.stringify({ ...aMessage, type }));
    expect(error.field).toBe('type');
    expect(error.message).toContain(JSON.stringify(type));
  });

  it.each([-1, 1.5, 2 ** 53, '7'])('the time %j', (at) => {
    expect(refusalOf(JSON.stringify({ ...aMessage, at })).field).toBe('at');
  });

  it('a field with a name that JavaScript gives a meaning to', () => {
    const line = encodeEvent(aMessage).replace('{', '{"__proto__":{},');
    expect(refusalOf(line).field).toBe('__proto__');
  });

  it('a code of refusal that nobody knows', () => {
    const refused = { type: 'CommandRefused', at: 1, data: { code: 'because', message: '' } };
    expect(refusalOf(JSON.stringify(refused)).field).toBe('data.code');
  });

  it.each(['', '{', 'null', '7', '[]', '"MessagePosted"'])('a line that is no event: %j', (line) => {
    expect(refusalOf(line)).toBeInstanceOf(CodecError);
  });
});

it('says what was wrong in words, and keeps the cause', () => {
  expect(refusalOf('{').cause).toBeInstanceOf(SyntaxError);
  expect(refusalOf('{').message).toBe('not JSON');
  expect(refusalOf('7').message).toBe('an event is an object');
});

it('answers every line with an event or a CodecError, never with anything else (P10)', () => {
  const damaged = fc
    .tuple(anyEvent, fc.nat(), anyText)
    .map(([event, at, text]) => splice(encodeEvent(event), at, text));
  fc.assert(
    fc.property(fc.oneof(anyText, fc.json(), damaged), (line) => {
      try {
        decodeEvent(line);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }),
  );
});

function splice(line: string, at: number, text: string): string {
  const index = at % (line.length + 1);
  return line.slice(0, index) + text + line.slice(index + 1);
}

describe('bytes from outside (P10)', () => {
  const parse = (text: string) => parseBytes(Buffer.from(text));

  it('are read as JSON', () => {
    expect(parse('{"a":["[[[[[[[[[[[[[[[[[[", "\\"[[[[[[[[[[[[[[[[[[[["]}')).toEqual({
      a: ['[[[[[[[[[[[[[[[[[[', '"[[[[[[[[[[[[[[[[[[[['],
    });
    expect(parse('[[],[],[[[[1]]]]]')).toEqual([[], [], [[[[1]]]]]);
  });

  it('are refused, whatever else they are', () => {
    expect(() => parse('['.repeat(200_000))).toThrow('nested deeper than 16 levels');
    expect(() => parse(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`)).toThrow('nested deeper');
    expect(() => parseBytes(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
    expect(() => parse('\ufeff{}')).toThrow('not JSON');
    expect(() => parse('{')).toThrow('not JSON');
  });
});
