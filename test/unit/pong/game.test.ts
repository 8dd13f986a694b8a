import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGame, encodeGame, gameBytes, gameHash } from '../../../src/pong/codec.ts';
import { court, type Game, newGame, step } from '../../../src/pong/game.ts';
import { playBots } from '../../support/pong.ts';

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyNumber = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.double(), fc.constantFrom(Number.NaN, -0));
const inputs = fc.record({ directions: fc.tuple(anyNumber, anyNumber), holds: fc.boolean() });

/** Most ticks of which nobody interrupts. */
const anyInputs = fc.array(
  fc.oneof({ weight: 20, arbitrary: inputs.map((one) => ({ ...one, holds: false })) }, inputs),
  {
    maxLength: 600,
    size: 'max',
  },
);

function isWhole(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isWhole);
  return typeof value === 'string' || (Number.isSafeInteger(value) && !Object.is(value, -0));
}

function assertSound(game: Game): void {
  const { width, height, paddleHalf, ballRadius } = court;
  expect(Object.values(game).every(isWhole), JSON.stringify(game)).toBe(true);
  for (const y of game.paddles) {
    expect(y).toBeGreaterThanOrEqual(paddleHalf);
    expect(y).toBeLessThanOrEqual(height - paddleHalf);
  }
  expect(game.y).toBeGreaterThanOrEqual(ballRadius);
  expect(game.y).toBeLessThanOrEqual(height - ballRadius);
  expect(Math.abs(2 * game.x - width)).toBeLessThanOrEqual(width + 2 * ballRadius);
  expect(Math.max(...game.score)).toBeLessThanOrEqual(game.points);
}

describe('a game', () => {
  it('stays within its court and its integers, whatever is put in', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 21 }), anyInputs, (start, points, list) => {
        let game = newGame(start, points);
        for (const input of list) {
          const next = step(game, input);
          expect(next.tick).toBe(game.phase === 'over' ? game.tick : game.tick + 1);
          game = next;
        }
        assertSound(game);
      }),
    );
  });

  it('comes back from its bytes as it was', () => {
    fc.assert(
      fc.property(seed, anyInputs, (start, list) => {
        const game = list.reduce(step, newGame(start, 3));
        const bytes = encodeGame(game);
        expect(bytes.length).toBe(gameBytes);
        expect(decodeGame(bytes)).toEqual(game);
        expect(gameHash(decodeGame(bytes))).toBe(gameHash(game));
      }),
    );
  });

  it('has another hash when any of it is another', () => {
    const { end } = playBots(7, 1);
    const hashes = new Set([gameHash(end)]);
    const others: Partial<Game>[] = [
      { tick: end.tick + 1 },
      { phase: 'point' },
      { hold: 1 },
      { x: end.x + 1 },
      { y: end.y + 1 },
      { vx: end.vx + 1 },
      { vy: end.vy + 1 },
      { speed: end.speed + 1 },
      { paddles: [end.paddles[0] + 1, end.paddles[1]] },
      { paddles: [end.paddles[0], end.paddles[1] + 1] },
      { directions: [end.directions[0] === 0 ? 1 : 0, end.directions[1]] },
      { directions: [end.directions[0], end.directions[1] === 0 ? 1 : 0] },
      { score: [end.score[1], end.score[0]] },
      { points: end.points + 1 },
      { hits: end.hits + 1 },
      { random: end.random + 1 },
    ];
    for (const other of others) hashes.add(gameHash({ ...end, ...other }));
    expect(hashes.size).toBe(others.length + 1);
  });

  it('is over at the last point, and stays so', () => {
    const { end, points } = playBots(1, 3);
    expect(end.phase).toBe('over');
    expect(Math.max(...end.score)).toBe(3);
    expect(end.score[0] + end.score[1]).toBe(points);
    expect(step(end, { directions: [1, -1] })).toBe(end);
  });

  it('moves no paddle faster than paddles are, however large the number', () => {
    const before: Game = { ...newGame(1, 3), phase: 'rally', hold: 0 };
    const after = step(before, { directions: [Number.MAX_VALUE, Number.NEGATIVE_INFINITY] });
    expect(after.paddles[0] - before.paddles[0]).toBe(court.paddleSpeed);
    expect(before.paddles[1] - after.paddles[1]).toBe(court.paddleSpeed);
  });

  it('makes the ball faster with every hit of a rally, and steeper off the end of a paddle', () => {
    const above = (game: Game, by: number): Game => {
      const y = game.y + Math.trunc((game.vy * (court.paddleFront + court.ballRadius - game.x)) / game.vx);
      return { ...game, paddles: [y + by, game.paddles[1]] };
    };
    const flying: Game = { ...newGame(2, 3), phase: 'rally', hold: 0, x: 4_000, y: 20_000, vx: -500, vy: 60 };
    const flat = step(above(flying, 0), { directions: [0, 0] });
    const steep = step(above(flying, 4_000), { directions: [0, 0] });
    for (const hit of [flat, steep]) {
      expect(hit.speed).toBeGreaterThan(flying.speed);
      expect(hit.vx).toBeGreaterThan(0);
      expect(hit.hits).toBe(1);
    }
    expect(Math.abs(flat.vy)).toBeGreaterThan(0);
    expect(Math.abs(flat.vy)).toBeLessThan(100);
    expect(Math.abs(steep.vy)).toBeGreaterThan(300);
  });

  it('rests for a countdown where it is told to hold, and goes on with the same ball', () => {
    const { start } = playBots(3, 1);
    let game = start;
    while (game.phase !== 'rally' || game.tick < 200) game = step(game, { directions: [0, 0] });
    let held = step(game, { directions: [0, 0], holds: true });
    expect(held.phase).toBe('countdown');
    while (held.phase === 'countdown') held = step(held, { directions: [0, 0] });
    expect({ ...held, tick: 0, phase: '' }).toEqual({ ...game, tick: 0, phase: '' });
  });

  it('moves no paddle while it counts down: an interruption rescues no lost ball', () => {
    const flying: Game = { ...newGame(2, 3), phase: 'rally', hold: 0, x: 8_000, y: 40_000, vx: -500, vy: 0 };
    let game = step(flying, { directions: [1, 1], holds: true });
    while (game.phase === 'countdown') game = step(game, { directions: [1, 1] });
    expect(game.paddles).toEqual(flying.paddles);
    while (game.phase === 'rally') game = step(game, { directions: [1, 0] });
    expect(game.score).toEqual([0, 1]);
  });
});

it('comes to a point soon where nobody moves, whatever the seed', () => {
  for (let seed = 0; seed < 300; seed++) {
    let game = newGame(seed, 5);
    while (game.phase !== 'over' && game.tick < 5 * 20 * 60) game = step(game, { directions: [0, 0] });
    expect(game.phase, `seed ${seed} at tick ${game.tick}`).toBe('over');
  }
});

/** Runs after the ball, and misses by a distance that changes now and then. */
function* chasing(seed: number): Generator<Game> {
  let drawn = seed;
  let off = 0;
  for (let game = newGame(seed, 21); game.phase !== 'over'; yield game) {
    if (game.tick % 20 === 0) {
      drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
      off = ((drawn >>> 16) % 48) * 256 - 24 * 256;
    }
    const [left, right] = game.paddles;
    game = step(game, { directions: [game.y + off - left, game.y - off - right] });
  }
}

/** Another hash means other rules, and those need another number: games that are stored are read by these for ever. */
it('a million ticks are the same on every machine, in every version of Node, in every run', () => {
  let hash = '';
  let ticks = 0;
  for (let seed = 1; ticks < 1_000_000; seed++) {
    for (const game of chasing(seed)) {
      ticks += 1;
      if (game.tick % 64 === 0 || game.phase === 'over') hash = mixed(hash, gameHash(game));
    }
  }
  expect(hash).toBe('a8700cfbb1d1d49a');
}, 30_000);

function mixed(...hashes: readonly string[]): string {
  return createHash('sha256').update(hashes.join()).digest('hex').slice(0, 16);
}
