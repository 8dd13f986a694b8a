/** A game as it was and as it is expected to be: one state a tick, without gaps. */
import { type Both, court, type Game, type Inputs, type Side, step } from '../../pong/game.ts';

/** Ticks of the past that are kept: more than anybody looks back. */
const pastTicks = 90;
/** A ball that is farther from where it was a tick ago has not flown there. */
const flightMax = 8 * 256;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export class Track {
  readonly #games: Game[];

  constructor(first: Game) {
    this.#games = [first];
  }

  get last(): Game {
    return this.#games.at(-1)!;
  }

  get firstTick(): number {
    return this.#games[0]!.tick;
  }

  add(game: Game): void {
    this.#games.push(game);
    if (this.#games.length > pastTicks) this.#games.shift();
  }

  /** What follows the last known state, up to a tick. @param inputs of the tick that follows a game. */
  extended(to: number, inputs: (game: Game) => Inputs): Track {
    const next = new Track(this.last);
    next.#games.unshift(...this.#games.slice(0, -1));
    for (let game = this.last; game.tick < to && game.phase !== 'over'; ) {
      game = step(game, inputs(game));
      next.#games.push(game);
    }
    return next;
  }

  /** Of a whole tick; what lies outside is the first or the last there is. */
  at(tick: number): Game {
    const index = Math.max(0, Math.min(this.#games.length - 1, Math.floor(tick) - this.firstTick));
    return this.#games[index]!;
  }

  /** Of any moment, between two ticks as well. */
  ballAt(tick: number): Point {
    const [before, after, share] = this.#around(tick);
    const [dx, dy] = [after.x - before.x, after.y - before.y];
    const hasFlown = Math.abs(dx) + Math.abs(dy) <= flightMax;
    if (!hasFlown) return share < 1 ? before : after;
    return { x: before.x + dx * share, y: before.y + dy * share };
  }

  paddleAt(side: Side, tick: number): number {
    const [before, after, share] = this.#around(tick);
    return before.paddles[side] + (after.paddles[side] - before.paddles[side]) * share;
  }

  #around(tick: number): [Game, Game, number] {
    const whole = Math.floor(tick);
    return [this.at(whole), this.at(whole + 1), tick - whole];
  }
}

/**
 * When the ball is seen, between the time that is seen of the others and the time that is played: at the other's paddle
 * when that is seen, at one's own when that is played, and in between in proportion. So each hit is seen where and when it
 * happened, and none of them has to be guessed (a local perception filter: Sharkey, Ryan, Roberts 1998).
 */
export function ballTime(track: Track, side: Side, view: number, play: number): number {
  const span = play - view;
  const ahead = (tick: number) => view + span * nearness(side, track.ballAt(tick).x) - tick;
  let before = view;
  let aheadBefore = ahead(before);
  for (let tick = Math.floor(view) + 1; aheadBefore > 0 && before < play; tick++) {
    const now = Math.min(tick, play);
    const aheadNow = ahead(now);
    if (aheadNow <= 0) return before + ((now - before) * aheadBefore) / (aheadBefore - aheadNow);
    [before, aheadBefore] = [now, aheadNow];
  }
  return before;
}

const fronts: Both<number> = [
  court.paddleFront + court.ballRadius,
  court.width - court.paddleFront - court.ballRadius,
];

/** 1 at one's own paddle, 0 at the other's. */
function nearness(side: Side, x: number): number {
  const share = (x - fronts[0]) / (fronts[1] - fronts[0]);
  return Math.max(0, Math.min(1, side === 0 ? 1 - share : share));
}
