import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newGame } from '../../../src/pong/game.ts';
import {
  decodeReport,
  decodeSaying,
  encodeReport,
  encodeSaying,
  type PlayerReport,
} from '../../../src/pong/messages.ts';

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const u16 = fc.integer({ min: 0, max: 0xffff });
const saying = fc.record({
  epoch: u32,
  tick: u32,
  echo: u16,
  turns: fc.array(fc.record({ tick: u32, direction: fc.constantFrom(-1 as const, 0 as const, 1 as const) }), {
    maxLength: 8,
  }),
});
const player: fc.Arbitrary<PlayerReport> = fc.record({
  taken: u32,
  lead: fc.integer({ min: -128, max: 127 }),
  echo: u16,
  late: u16,
  isAway: fc.boolean(),
});
const report = fc.record({
  epoch: u32,
  from: u32,
  game: u32.map((seed) => newGame(seed, 11)),
  players: fc.tuple(player, player),
  committed: fc.tuple(fc.integer({ min: 0, max: 21 }), fc.integer({ min: 0, max: 21 })),
  changes: fc.uint8Array({ maxLength: 20 }),
});

it('what a player says comes back as it was', () => {
  fc.assert(
    fc.property(saying, (said) => {
      expect(decodeSaying(encodeSaying(said))).toEqual(said);
    }),
  );
});

it('a report comes back as it was', () => {
  fc.assert(
    fc.property(report, (told) => {
      expect(decodeReport(encodeReport(told))).toEqual(told);
    }),
  );
});

it('whatever else comes is no message, and nothing is thrown (P10)', () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc
      .tuple(fc.oneof(saying.map(encodeSaying), report.map(encodeReport)), fc.nat(), fc.nat())
      .map(([bytes, at, cut]) => {
        const damaged = bytes.slice(0, cut % (bytes.length + 1));
        if (damaged.length > 0) damaged[at % damaged.length]! ^= 1 + (at % 255);
        return damaged;
      }),
  );
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const said = decodeSaying(bytes);
      if (said) expect(said.turns.length).toBeLessThanOrEqual(8);
      decodeReport(bytes);
    }),
  );
  expect(decodeSaying(Uint8Array.of(1, 0, 0))).toBeUndefined();
  expect(decodeSaying(new Uint8Array(200))).toBeUndefined();
  expect(decodeReport(Uint8Array.of(2))).toBeUndefined();
});
