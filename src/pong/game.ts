/**
 * The rules of Pong: what one tick makes of a game and of what both players do.
 *
 * Whoever has the first state and all inputs has every state, on any machine and in ten years: all numbers are integers,
 * nothing is asked of clocks or of randomness, and chance is a generator that is part of the state. Sines stand in a table.
 * A stored game is played back by these rules, so they do not change: other rules get another number (`RULES`).
 *
 * Lengths are in units of 1/256 pixel, velocities in units a tick. Side 0 is on the left; y grows downwards.
 */

/** Recorded with every match. */
export const RULES = 1;

export const ticksPerSecond = 60;

const px = 256;
export const court = {
  width: 300 * px,
  height: 180 * px,
  ballRadius: 3 * px,
  paddleHalf: 16 * px,
  /** From the side to the front of the paddle that guards it. */
  paddleFront: 12 * px,
  paddleSpeed: 3 * px,
} as const;

const servedSpeed = 576;
const speedMax = 1_536;
/** Ticks without a moving ball: before a game and after an interruption; after a point. */
const countdownTicks = 3 * ticksPerSecond;
const pointTicks = 90;

/** Up, not at all, down. */
export type Direction = -1 | 0 | 1;
export type Side = 0 | 1;
export type Both<T> = readonly [T, T];
export type Phase = 'countdown' | 'rally' | 'point' | 'over';

export interface Game {
  readonly tick: number;
  /** `countdown` and `point` end with `hold`. */
  readonly phase: Phase;
  /** Ticks for which the ball still rests. */
  readonly hold: number;
  readonly x: number;
  readonly y: number;
  readonly vx: number;
  readonly vy: number;
  readonly speed: number;
  /** The middle of each. */
  readonly paddles: Both<number>;
  readonly directions: Both<Direction>;
  readonly score: Both<number>;
  /** Who has so many has won. */
  readonly points: number;
  /** Of the present rally. */
  readonly hits: number;
  /** State of the generator; never 0. */
  readonly random: number;
}

export interface Inputs {
  /** Where each paddle goes in this tick. Other numbers count as their sign, or as standing still. */
  readonly directions: Both<number>;
  /** After an interruption: the ball rests for a countdown. */
  readonly holds?: boolean;
}

const middle = court.height / 2;

export function newGame(seed: number, points: number): Game {
  const blank: Game = {
    tick: 0,
    phase: 'countdown',
    hold: countdownTicks,
    x: 0,
    y: 0,
    vx: 0,
    vy: 0,
    speed: 0,
    paddles: [middle, middle],
    directions: [0, 0],
    score: [0, 0],
    points,
    hits: 0,
    random: seed >>> 0 || 1,
  };
  return serve(blank, ((seed >>> 0) & 1) as Side);
}

/** Total: any numbers may come as inputs. A game that is over stays as it is. */
export function step(game: Game, { directions, holds = false }: Inputs): Game {
  if (game.phase === 'over') return game;
  const isCounted = holds || game.phase === 'countdown';
  const moved = turnPaddles(game, direction(directions[0]), direction(directions[1]), isCounted);
  if (holds) return { ...moved, phase: 'countdown', hold: countdownTicks };
  if (game.hold > 1) return { ...moved, hold: game.hold - 1 };
  if (game.hold === 1) return { ...moved, hold: 0, phase: 'rally' };
  return moveBall(moved);
}

function winner({ score, points }: Pick<Game, 'score' | 'points'>): Side | undefined {
  if (score[0] >= points) return 0;
  return score[1] >= points ? 1 : undefined;
}

function direction(value: number): Direction {
  return (Math.sign(value) || 0) as Direction; // not a number counts as 0, and so does -0
}

/**
 * Most paddles stand still most of the time. In a countdown none moves: the ball waits where it was, and an interruption
 * must not bring anybody to a ball that was lost.
 */
function turnPaddles(game: Game, left: Direction, right: Direction, isCounted: boolean): Game {
  const isAsBefore = game.directions[0] === left && game.directions[1] === right;
  const directions: Both<Direction> = isAsBefore ? game.directions : [left, right];
  const paddles: Both<number> =
    isCounted || (left === 0 && right === 0)
      ? game.paddles
      : [movePaddle(game.paddles[0], left), movePaddle(game.paddles[1], right)];
  return { ...game, tick: game.tick + 1, directions, paddles };
}

function movePaddle(y: number, towards: Direction): number {
  const moved = y + towards * court.paddleSpeed;
  return Math.max(court.paddleHalf, Math.min(court.height - court.paddleHalf, moved));
}

function moveBall(game: Game): Game {
  const { ballRadius, width } = court;
  const x = game.x + game.vx;
  const hit = hitBy(game, x);
  if (hit !== undefined) return struck(game, hit);
  if (x < -ballRadius) return scored(game, 1);
  if (x > width + ballRadius) return scored(game, 0);
  const y = game.y + game.vy;
  const inside = bounced(y);
  return { ...game, x, y: inside, vy: inside === y ? game.vy : -game.vy };
}

/** As the walls above and below reflect it; no ball is so fast that it meets both in one tick. */
function bounced(y: number): number {
  const [top, bottom] = [court.ballRadius, court.height - court.ballRadius];
  if (y < top) return 2 * top - y;
  return y > bottom ? 2 * bottom - y : y;
}

const reach = court.paddleHalf + court.ballRadius;
const fronts: Both<number> = [
  court.paddleFront + court.ballRadius,
  court.width - court.paddleFront - court.ballRadius,
];

interface Hit {
  readonly side: Side;
  readonly y: number;
}

/** Whether the ball passes a paddle's front in this tick, where that paddle is. */
function hitBy(game: Game, x: number): Hit | undefined {
  const side: Side = game.vx < 0 ? 0 : 1;
  const front = fronts[side];
  const passes = side === 0 ? game.x >= front && x < front : game.x <= front && x > front;
  if (!passes) return undefined;
  const y = bounced(game.y + Math.trunc((game.vy * (front - game.x)) / game.vx));
  return Math.abs(y - game.paddles[side]) <= reach ? { side, y } : undefined;
}

/** The farther from the paddle's middle, the steeper, and never level; every hit makes the ball faster. */
function struck(game: Game, { side, y }: Hit): Game {
  const speed = Math.min(speedMax, game.speed + (game.speed >> 4));
  const random = xorshift(game.random);
  const steepness = Math.trunc(((y - game.paddles[side]) * steepest) / reach) || drawn(random, 1);
  const flight = velocity(speed, steepness, side === 0 ? 1 : -1);
  return { ...game, x: fronts[side], y, ...flight, speed, hits: game.hits + 1, random };
}

function scored(game: Game, side: Side): Game {
  const [left, right] = game.score;
  const score: Both<number> = side === 0 ? [left + 1, right] : [left, right + 1];
  const isOver = winner({ score, points: game.points }) !== undefined;
  const after: Game = { ...game, score, phase: isOver ? 'over' : 'point', hold: isOver ? 0 : pointTicks };
  return serve(after, side === 0 ? 1 : 0);
}

/** From the middle of the court, towards whoever lost the point, not too steeply and never level. */
function serve(game: Game, towards: Side): Game {
  const random = xorshift(game.random);
  const flight = velocity(servedSpeed, drawn(random, 3), towards === 0 ? -1 : 1);
  return { ...game, x: court.width / 2, y: middle, ...flight, speed: servedSpeed, hits: 0, random };
}

/** A steepness from 1 to `most`, up or down: a level ball would fly to and fro between two who do nothing, for ever. */
function drawn(random: number, most: number): number {
  const steepness = ((random >>> 8) % most) + 1;
  return (random & 128) === 0 ? steepness : -steepness;
}

/** Cosine and sine of 0, 7.5, … 60 degrees, times 256. */
const slopes: readonly Both<number>[] = [
  [256, 0],
  [254, 33],
  [247, 66],
  [237, 98],
  [222, 128],
  [203, 156],
  [181, 181],
  [156, 203],
  [128, 222],
];
const steepest = slopes.length - 1;

function velocity(speed: number, steepness: number, towards: Direction): Pick<Game, 'vx' | 'vy'> {
  const [across, along] = slopes[Math.min(steepest, Math.abs(steepness))]!;
  const vy = Math.imul(speed, along) >> 8;
  return { vx: towards * (Math.imul(speed, across) >> 8), vy: steepness < 0 ? -vy : vy };
}

/** Marsaglia's generator of 32 bits: every number but 0, each once. */
function xorshift(state: number): number {
  let next = state;
  next ^= next << 13;
  next ^= next >>> 17;
  next ^= next << 5;
  return next >>> 0;
}
