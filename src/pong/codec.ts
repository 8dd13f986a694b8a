/** A game in bytes, and its hash. Both cover every field: two games are the same when these are. */
import { ByteReader, ByteWriter } from './bytes.ts';
import type { Both, Direction, Game, Phase } from './game.ts';

const phases: readonly Phase[] = ['countdown', 'rally', 'point', 'over'];

export const gameBytes = 32;

export function encodeGame(game: Game): Uint8Array {
  const { directions, score, paddles } = game;
  return new ByteWriter()
    .put('u32', game.tick)
    .put('u8', phases.indexOf(game.phase))
    .put('u8', game.hold)
    .put('i32', game.x)
    .put('u16', game.y)
    .put('i16', game.vx)
    .put('i16', game.vy)
    .put('u16', game.speed)
    .put('u16', paddles[0])
    .put('u16', paddles[1])
    .put('u8', 3 * (directions[0] + 1) + directions[1] + 1)
    .put('u8', score[0])
    .put('u8', score[1])
    .put('u8', game.points)
    .put('u16', game.hits)
    .put('u32', game.random).bytes;
}

/** @throws {TooShort | RangeError} when these are no game's bytes. */
export function decodeGame(bytes: Uint8Array): Game {
  const from = new ByteReader(bytes);
  const [tick, phase, hold] = [from.take('u32'), phases[from.take('u8')], from.take('u8')];
  if (!phase) throw new RangeError('there is no such phase');
  const [x, y, vx, vy] = [from.take('i32'), from.take('u16'), from.take('i16'), from.take('i16')];
  const speed = from.take('u16');
  const paddles: Both<number> = [from.take('u16'), from.take('u16')];
  const both = from.take('u8');
  if (both > 8) throw new RangeError('there are no such directions');
  const directions: Both<Direction> = [
    (Math.trunc(both / 3) - 1) as Direction,
    ((both % 3) - 1) as Direction,
  ];
  const score: Both<number> = [from.take('u8'), from.take('u8')];
  const [points, hits, random] = [from.take('u8'), from.take('u16'), from.take('u32')];
  return { tick, phase, hold, x, y, vx, vy, speed, paddles, directions, score, points, hits, random };
}

/** 64 bits, as 16 hexadecimal digits. */
export function gameHash(game: Game): string {
  const [high, low] = lanes(game);
  return hex(high) + hex(low);
}

/** The first half of the hash: what is recorded once a second. */
export function gameCheck(game: Game): number {
  return lanes(game)[0];
}

/** FNV-1a over 32-bit words, in two lanes with multipliers and finishers of their own. */
function lanes(game: Game): Both<number> {
  const { paddles, directions, score } = game;
  let [high, low] = [0x811c9dc5, 0x2545f491];
  const mix = (word: number) => {
    high = Math.imul(high ^ word, 0x01000193);
    high ^= high >>> 15;
    low = Math.imul(low ^ word, 0x85ebca6b);
    low ^= low >>> 13;
  };
  mix(game.tick);
  mix((phases.indexOf(game.phase) << 16) | game.hold);
  mix(game.x);
  mix(game.y);
  mix(game.vx);
  mix(game.vy);
  mix(game.speed);
  mix(paddles[0]);
  mix(paddles[1]);
  mix(3 * directions[0] + directions[1]);
  mix((score[0] << 16) | score[1]);
  mix((game.points << 16) | game.hits);
  mix(game.random);
  return [high >>> 0, low >>> 0];
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
