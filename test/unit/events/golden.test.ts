/** Events and frames as older versions wrote them, byte for byte: they are read for ever. */
import { expect, it } from 'vitest';
import { decodeEvent } from '../../../src/events/codec.ts';
import { Frame } from '../../../src/events/frame.ts';
import { emptyTail, examine } from '../../../src/replication/tail.ts';

const genesis = '0'.repeat(64);
const empty = '0'.repeat(64);

/** The first frame of a log of version 0.1. */
const seededLine =
  `{"type":"Seeded","data":{"generation":1,"base":{"number":0,"hash":"${genesis}"},` +
  '"members":["n1","n2","n3"],"copies":2},"at":1767225600000}';
const seededBytes = Buffer.from(
  `{"v":1,"generation":1,"epoch":0,"number":1,"prev":"${genesis}","leader":"n1","position":1,"count":1,` +
    `"clock":1,"wall":1767225600000,"mark":{"number":0,"state":"${empty}","version":1}}\n${seededLine}\n`,
);

const seeded = {
  type: 'Seeded',
  at: 1_767_225_600_000,
  data: {
    generation: 1,
    base: { number: 0, hash: genesis },
    members: ['n1', 'n2', 'n3'],
    copies: 2,
    minCopies: 1,
  },
};

it('a cluster that was seeded before there was a fewest number of copies has 1', () => {
  expect(decodeEvent(seededLine)).toEqual(seeded);
});

it('its frame is read as it stands: neither its bytes nor its hash are others', () => {
  const frame = Frame.decode(seededBytes);
  expect(frame.events()).toEqual([seeded]);
  expect(frame.bytes).toBe(seededBytes);
  expect(frame.hash).toBe('a9716ceb49318ecc32fe39f67a9a1795435ca3549706033ee656a9fb5cc9bde8');
  expect(examine(emptyTail, frame)).toBe('next');
});

it('whoever registered before names had looks has none', () => {
  const data = { user: 'u-1', name: 'alice', passwordHash: 'p1', recoveryHash: 'r1' };
  const line = JSON.stringify({ type: 'UserRegistered', data, at: 1 });
  expect(decodeEvent(line)).toEqual({ type: 'UserRegistered', at: 1, data: { ...data, skeletons: [] } });
});

it('a log-in of before log-ins had an end lasts 90 days', () => {
  const line = '{"type":"LoggedIn","data":{"user":"u-1","tokenHash":"t1"},"at":1767225600000}';
  const data = { user: 'u-1', tokenHash: 't1', expiresAt: 1_767_225_600_000 + 90 * 86_400_000 };
  expect(decodeEvent(line)).toEqual({ type: 'LoggedIn', at: 1_767_225_600_000, data });
});

it('what an event says itself counts', () => {
  const event = { ...seeded, data: { ...seeded.data, minCopies: 2 } };
  expect(decodeEvent(JSON.stringify(event))).toEqual(event);
});

it('what is wrong with an old event is still told by the name of its field (P10)', () => {
  expect(() => decodeEvent(seededLine.replace('"copies":2', '"copies":-2'))).toThrow('data.copies: ');
  expect(() => decodeEvent('{"type":"Seeded","at":1}')).toThrow('data: ');
  expect(() => decodeEvent('{"type":"Seeded","at":1,"data":null}')).toThrow('data: ');
  expect(() => decodeEvent('{"type":"Seeded","at":1,"data":[]}')).toThrow('data');
});

it('a fewest number that was said is not replaced', () => {
  const said = seededLine.replace('"copies":2', '"copies":2,"minCopies":2');
  expect(decodeEvent(said)).toEqual({ ...seeded, data: { ...seeded.data, minCopies: 2 } });
});
