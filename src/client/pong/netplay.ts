/**
 * A game as one player sees it, while it is played elsewhere.
 *
 * Everything shown follows from what the authority reported last and from the rules, which are the same here and there:
 * one's own paddle is where the keys have brought it by now (predicted), the other's is where it was a moment ago
 * (interpolated), and the ball is reckoned on from there, each part of the court at its own time (`ballTime`). A new report
 * may prove some of that wrong: what was shown then goes over into what is right within a moment, and does not jump.
 *
 * Pure: time comes in, and what is to be said goes out.
 */
import { type Both, court, type Direction, type Game, type Phase, type Side, step } from '../../pong/game.ts';
import { type Report, type Saying, sayEveryMs } from '../../pong/messages.ts';
import { inputsAt, readChanges } from '../../pong/recording.ts';
import { Timing } from './timing.ts';
import { ballTime, type Point, Track } from './track.ts';
import { Turns } from './turns.ts';

/** What the screen shows. Lengths in 1/256 pixel, as everywhere in a game, with parts of them. */
export interface Shown {
  readonly ball: Point;
  readonly paddles: Both<number>;
  /** What is certain: points that cannot be taken back. */
  readonly score: Both<number>;
  readonly phase: Phase;
  /** Seconds until the ball moves; 0 while it does. */
  readonly countdown: number;
  /** The last tick that is known. */
  readonly tick: number;
  readonly epoch: number;
  readonly lagMs: number | undefined;
  /** Ticks by which one plays ahead of what one sees of the other. */
  readonly span: number;
  /** What came late of what one did. */
  readonly late: number;
  readonly away: Both<boolean>;
  /** For so long nothing was heard: longer than `quietMs`, and everything stands still. */
  readonly quietMs: number;
}

/** So long it goes on by itself. */
export const quietMsMax = 300;
/** What was shown wrongly is gone to 1/e of it after so long. */
const smoothingMs = 70;
/** What is farther off was no mistake but another situation: it is shown as it is. */
const smoothMax = 80 * 256;

interface Off {
  readonly x: number;
  readonly y: number;
  readonly paddles: Both<number>;
}

const nothingOff: Off = { x: 0, y: 0, paddles: [0, 0] };

export class Netplay {
  readonly #side: Side | undefined;
  readonly #timing = new Timing();
  readonly #turns: Turns;
  #report: Report | undefined;
  #track: Track | undefined;
  /** The track with what is to be expected, up to which tick. */
  #expected: { readonly track: Track; readonly to: number } | undefined;
  #heardMs = 0;
  #saidMs = Number.NEGATIVE_INFINITY;
  #standsSinceMs: number | undefined;
  #off = nothingOff;
  #offMs = 0;

  /** @param side undefined for somebody who only looks on. */
  constructor(side: Side | undefined) {
    this.#side = side;
    this.#turns = new Turns(side ?? 0);
  }

  /**
   * @returns by how much the ball had been shown in another place than it turns out to be, in 1/256 pixel; undefined for
   * what says nothing new, and of another authority, which may go on from somewhere else.
   */
  hear(report: Report, ms: number): number | undefined {
    const before = this.#report;
    if (before && report.epoch < before.epoch) return undefined;
    const isAnother = !before || report.epoch > before.epoch;
    if (!isAnother && report.game.tick <= before.game.tick) {
      this.#report = { ...before, committed: later(before.committed, report.committed) };
      return undefined;
    }
    const shownBefore = before && this.#place(ms);
    if (isAnother) this.#restart(report);
    else this.#follow(report);
    this.#report = report;
    this.#heardMs = ms;
    this.#expected = undefined;
    const { game, players } = report;
    const mine = this.#side === undefined ? undefined : players[this.#side];
    this.#timing.heard(game.tick, ms, mine);
    if (isAnother) this.#turns.restart(this.#nextTick(ms));
    else if (mine) this.#turns.heard(mine.taken, game);
    const correction = shownBefore && this.#smooth(shownBefore, this.#place(ms), ms);
    return isAnother ? undefined : correction;
  }

  /** The paddle goes there from now on. @returns whether there is something to be said at once. */
  turn(direction: Direction, ms: number): boolean {
    const isNew = this.#turns.turn(direction, this.#track ? this.#nextTick(ms) : 0); // said with the first report, if before
    if (isNew) {
      this.#expected = undefined;
      this.#saidMs = Number.NEGATIVE_INFINITY;
    }
    return isNew;
  }

  /** What is to be said now, if it is time to. */
  say(ms: number): Saying | undefined {
    const report = this.#report;
    if (!report || this.#side === undefined || ms - this.#saidMs < sayEveryMs) return undefined;
    this.#saidMs = ms;
    const tick = Math.max(0, Math.floor(this.#timing.playAt(ms)));
    const echo = Math.round(ms) & 0xffff;
    const saying = { epoch: report.epoch, tick, echo, turns: this.#turns.unheard };
    this.#timing.said(saying, ms);
    return saying;
  }

  /** There is nobody to hear from: everything stands still from now on, until there is. */
  stand(stands: boolean, ms: number): void {
    if (!stands) this.#standsSinceMs = undefined;
    else this.#standsSinceMs ??= ms;
  }

  /** Undefined before anything was heard. */
  show(ms: number): Shown | undefined {
    const report = this.#report;
    if (!report) return undefined;
    const { ball, paddles, time } = this.#place(ms);
    const { phase, hold } = this.#foreseen(time).at(time);
    const off = this.#offAt(ms);
    return {
      ball: { x: ball.x + off.x, y: ball.y + off.y },
      paddles: [paddles[0] + off.paddles[0], paddles[1] + off.paddles[1]],
      score: report.committed,
      phase,
      countdown: phase === 'countdown' ? hold / 60 : 0,
      tick: report.game.tick,
      epoch: report.epoch,
      lagMs: this.#timing.lagMs,
      span: this.#timing.spanAt(ms),
      late: this.#side === undefined ? 0 : report.players[this.#side].late,
      away: [report.players[0].isAway, report.players[1].isAway],
      quietMs: ms - this.#heardMs,
    };
  }

  /** The game at the tick that is played now, as far as it can be known: what a bot looks at. */
  played(ms: number): Game | undefined {
    if (!this.#track) return undefined;
    const tick = this.#timing.playAt(this.#within(ms));
    return this.#foreseen(tick).at(tick);
  }

  #nextTick(ms: number): number {
    return Math.floor(this.#timing.playAt(ms)) + 1;
  }

  #restart({ game }: Report): void {
    this.#timing.restart();
    this.#track = new Track(game);
  }

  /** Reports that follow one another say what was in every tick; where one is missing that is supposed. */
  #follow({ from, game, changes }: Report): void {
    const track = this.#track!;
    const known = from === track.last.tick ? readChanges(from, changes) : new Map();
    const isFar = game.tick - track.last.tick > 60;
    if (isFar) {
      this.#track = new Track(game);
      return;
    }
    while (track.last.tick < game.tick - 1 && track.last.phase !== 'over')
      track.add(step(track.last, inputsAt(known, track.last)));
    if (track.last.tick === game.tick - 1) track.add(game);
    else this.#track = new Track(game);
  }

  /** Nothing is made up for longer than a moment. */
  #within(ms: number): number {
    return Math.min(ms, this.#heardMs + quietMsMax, this.#standsSinceMs ?? ms);
  }

  #place(ms: number): { ball: Point; paddles: Both<number>; time: number } {
    const now = this.#within(ms);
    const view = this.#timing.viewAt(now);
    const side = this.#side;
    if (side === undefined) {
      const track = this.#foreseen(view);
      return {
        ball: track.ballAt(view),
        paddles: [track.paddleAt(0, view), track.paddleAt(1, view)],
        time: view,
      };
    }
    const play = Math.max(view, this.#timing.playAt(now));
    const seen = Math.max(view, play - spanMax); // with more between, the ball would stand or fly backwards
    const track = this.#foreseen(play);
    const time = ballTime(track, side, seen, play);
    const times: Both<number> = side === 0 ? [play, seen] : [seen, play];
    return {
      ball: track.ballAt(time),
      paddles: [track.paddleAt(0, times[0]), track.paddleAt(1, times[1])],
      time,
    };
  }

  /** With what is to be expected up to that tick: one's own turns, and the other goes on as before. */
  #foreseen(tick: number): Track {
    const to = Math.ceil(tick) + 1;
    if (this.#expected && this.#expected.to >= to) return this.#expected.track;
    const known = this.#track!;
    const { last } = known;
    const track = known.extended(to, (game) => {
      if (this.#side === undefined) return game;
      const own = this.#turns.directionAfter(game, last);
      const { directions } = game;
      return { directions: this.#side === 0 ? [own, directions[1]] : [directions[0], own] };
    });
    this.#expected = { track, to };
    return track;
  }

  #smooth(
    before: { ball: Point; paddles: Both<number> },
    after: { ball: Point; paddles: Both<number> },
    ms: number,
  ): number {
    const [x, y] = [before.ball.x - after.ball.x, before.ball.y - after.ball.y];
    const paddles = [0, 1].map((side) => before.paddles[side]! - after.paddles[side]!);
    const still = this.#offAt(ms);
    const isFar = Math.hypot(x, y) > smoothMax;
    this.#off = {
      x: isFar ? 0 : still.x + x,
      y: isFar ? 0 : still.y + y,
      paddles: [still.paddles[0] + paddles[0]!, still.paddles[1] + paddles[1]!],
    };
    this.#offMs = ms;
    return Math.hypot(x, y);
  }

  #offAt(ms: number): Off {
    const left = Math.exp((this.#offMs - ms) / smoothingMs);
    const { x, y, paddles } = this.#off;
    return { x: x * left, y: y * left, paddles: [paddles[0] * left, paddles[1] * left] };
  }
}

/** A point may be committed when the game is over and has no further tick; none is taken back. */
function later(one: Both<number>, other: Both<number>): Both<number> {
  return [Math.max(one[0], other[0]), Math.max(one[1], other[1])];
}

/** Three quarters of what the fastest ball needs from one paddle to the other. */
const spanMax = Math.floor((0.75 * court.width) / 1_536);
