import { expect, it } from 'vitest';
import { newGame } from '../../../../src/pong/game.ts';
import { Court } from '../../../../src/service/pong/court.ts';

const tickMs = 1_000 / 60;

/** Both are heard at every tick. @returns who is gone after so many seconds. */
function goneAfter(seconds: number, moves: (tick: number) => readonly [-1 | 0 | 1, -1 | 0 | 1]) {
  const court = new Court({ epoch: 1, game: newGame(7, 21), bot: null, nowMs: 0 });
  for (let tick = 1; tick <= seconds * 60; tick++) {
    for (const side of [0, 1] as const) {
      const turns = [{ tick, direction: moves(tick)[side] }];
      court.hear(side, { epoch: 1, tick, echo: 0, turns }, tick * tickMs);
    }
    court.tick(tick * tickMs);
  }
  return court.gone(seconds * 1_000);
}

const toAndFro = (tick: number) => (tick % 60 < 30 ? 1 : -1);

it('whose paddle has not moved for a minute is away, though their client is heard', () => {
  expect(goneAfter(60, () => [0, 0])).toBeUndefined();
  expect(goneAfter(61, (tick) => [toAndFro(tick), 0])).toBe(1);
  expect(
    goneAfter(61, (tick) => [1, toAndFro(tick)]),
    'pressed against the wall',
  ).toBeUndefined();
  expect(
    goneAfter(66, (tick) => [1, toAndFro(tick)]),
    'pressed against the wall',
  ).toBe(0);
  expect(goneAfter(66, (tick) => [toAndFro(tick), toAndFro(tick)])).toBeUndefined();
});

it('nobody is away because of a bot that waits', () => {
  const court = new Court({ epoch: 1, game: newGame(7, 21), bot: 'easy', nowMs: 0 });
  expect(court.gone(9_000)).toBeUndefined();
  expect(court.gone(11_000)).toBe(0);
});
