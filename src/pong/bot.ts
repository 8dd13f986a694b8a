/**
 * An opponent that is not there: where it would go, of what it sees of a game.
 *
 * It decides a few times a second, as people do, where its paddle should be, and then holds still: a good one reckons
 * where the ball will arrive, and is mistaken by a little; an easy one only runs after it. What it decides is recorded like
 * the doing of anybody, so a bot may change where rules may not.
 */
import { court, type Direction, type Game, type Side } from './game.ts';

export type BotLevel = 'easy' | 'hard';

interface Skill {
  /** Ticks between two looks at the ball. */
  readonly looks: number;
  /** How far from where the ball arrives it believes that it will, at most. */
  readonly mistakes: number;
  /** Whether it reckons with the walls. */
  readonly reckons: boolean;
}

const skills: Readonly<Record<BotLevel, Skill>> = {
  easy: { looks: 12, mistakes: 18 * 256, reckons: false },
  hard: { looks: 6, mistakes: 14 * 256, reckons: true },
};

/** So near it stands still. */
const near = 4 * 256;

export class Bot {
  readonly #side: Side;
  readonly #skill: Skill;
  #direction: Direction = 0;
  #target = court.height / 2;
  #looked = -1;

  constructor(side: Side, level: BotLevel) {
    this.#side = side;
    this.#skill = skills[level];
  }

  /** For the tick that follows this game. */
  direction(game: Game): Direction {
    const look = Math.trunc(game.tick / this.#skill.looks);
    if (look !== this.#looked) this.#target = this.#arrival(game) + this.#mistake(game);
    this.#looked = look;
    const off = this.#target - game.paddles[this.#side];
    const isThere = this.#direction === 0 ? Math.abs(off) <= near : off * this.#direction <= 0;
    this.#direction = isThere ? 0 : (Math.sign(off) as Direction);
    return this.#direction;
  }

  /** Where the ball will be at the height of the paddle; what flies away is awaited in the middle. */
  #arrival({ x, y, vx, vy }: Game): number {
    const isComing = this.#side === 0 ? vx < 0 : vx > 0;
    if (!isComing) return court.height / 2;
    if (!this.#skill.reckons) return y;
    const front = this.#side === 0 ? court.paddleFront : court.width - court.paddleFront;
    return folded(y + Math.trunc((vy * (front - x)) / vx));
  }

  /** The same for a whole flight, and another for each. */
  #mistake({ hits, score, random, speed }: Game): number {
    const drawn = Math.imul(hits + 31 * (score[0] + score[1]) + 7, random | 1) >>> 16;
    const wide = Math.trunc((this.#skill.mistakes * speed) / 1_024); // the faster, the worse
    return (drawn % (2 * wide + 1)) - wide;
  }
}

/** As walls reflect it, however often. */
function folded(y: number): number {
  const height = court.height - 2 * court.ballRadius;
  const within = (((y - court.ballRadius) % (2 * height)) + 2 * height) % (2 * height);
  return court.ballRadius + (within <= height ? within : 2 * height - within);
}
