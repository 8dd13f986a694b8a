/** Payloads that nobody should send: noise, other shapes, and what is nearly right. */
import fc from 'fast-check';

const anyJson = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const strange = fc.oneof(
  anyJson,
  fc.constantFrom(
    null,
    -1,
    1e308,
    2 ** 53,
    '',
    '\u0000',
    '\ud800',
    '__proto__',
    'u-0000000000000000',
    {},
    [],
  ),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(10_000, 100_000).map((length) => 'x'.repeat(length)),
);

/** One place of it is another value, gone, or has something beside it. */
function nearly(right: fc.JsonValue): fc.Arbitrary<unknown> {
  const places = placesIn(right);
  const how = fc.constantFrom('replace', 'remove', 'add') as fc.Arbitrary<'replace' | 'remove' | 'add'>;
  return fc
    .record({ place: fc.nat(places.length - 1), how, value: strange, name: fc.string({ maxLength: 12 }) })
    .map(({ place, how, value, name }) => changed(right, places[place]!, how, value, name));
}

function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function changed(
  root: unknown,
  path: readonly string[],
  how: 'replace' | 'remove' | 'add',
  value: unknown,
  name: string,
): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return how === 'add' && isRecord(root) ? { ...root, [name]: value } : value;
  const copy = structuredClone(root) as Record<string, unknown>; // every step of a path leads into an object
  if (rest.length === 0 && how === 'remove') delete copy[key];
  else copy[key] = changed(copy[key], rest, how, value, name);
  return copy;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const broken = fc.constantFrom(
  '['.repeat(200_000),
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  '{"after":null,"clock":0,"commands":[',
  '{"__proto__":{"after":null},"clock":0,"commands":[]}',
  'null',
  '"',
  '1e999',
  `{"atLeast":0,"query":{}}${' '.repeat(300_000)}`,
  '\ufeff{"after":null,"clock":0,"commands":[]}',
);

/** @param right what the subject expects, in all its forms. */
export function payloads(right: readonly fc.JsonValue[]): fc.Arbitrary<Uint8Array> {
  const asJson = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');
  return fc.oneof(
    { weight: 4, arbitrary: fc.oneof(...right.map((one) => nearly(one).map(asJson))) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }) },
    { weight: 2, arbitrary: anyJson.map(asJson) },
    { weight: 1, arbitrary: torn(right) },
    { weight: 1, arbitrary: broken.map((text) => Buffer.from(text)) },
  );
}

/** The right bytes with one of them changed: mostly no JSON any more, or no UTF-8. */
function torn(right: readonly fc.JsonValue[]): fc.Arbitrary<Uint8Array> {
  return fc
    .record({ one: fc.nat(right.length - 1), at: fc.nat(), byte: fc.nat(255) })
    .map(({ one, at, byte }) => {
      const bytes = Buffer.from(JSON.stringify(right[one]));
      bytes[at % bytes.length] = byte;
      return bytes;
    });
}
