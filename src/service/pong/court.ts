/**
 * A court: one match while it is played, tick by tick, on the leader.
 *
 * It is told what players say and when a tick has come, and hands out reports and records. It knows neither log nor network;
 * that it stands still at a point until somebody says that the point is committed is all it knows of promises.
 */
import { Bot, type BotLevel } from '../../pong/bot.ts';
import {
  type Both,
  type Direction,
  type Game,
  type Inputs,
  type Side,
  step,
  ticksPerSecond,
} from '../../pong/game.ts';
import {
  aheadTicksMax,
  encodeReport,
  type PlayerReport,
  type Saying,
  type Turn,
} from '../../pong/messages.ts';
import { Changes, type PlayRecord, Recorder } from '../../pong/recording.ts';

/** Of whoever was not heard for so long the paddle stands still; then it is told, and then the match is paused. */
const silentMs = 500;
const awayMs = 2_000;
const goneMs = 10_000;
/** Whose paddle has not moved for so long is away too, whatever their client says: two who do nothing end no match. */
const idleTicks = 60 * ticksPerSecond;

interface Seat {
  /** Undefined for people. */
  readonly bot: Bot | undefined;
  /** Asked for and to come, in order. */
  turns: Turn[];
  wanted: Direction;
  /** The tick of the last turn that was taken. */
  taken: number;
  lead: number;
  echo: number;
  late: number;
  heardMs: number;
  /** The last tick in which the paddle was moved. */
  movedTick: number;
}

export interface CourtOptions {
  readonly epoch: number;
  /** As the log has it. */
  readonly game: Game;
  readonly bot: BotLevel | null;
  readonly nowMs: number;
}

export class Court {
  readonly #epoch: number;
  readonly #seats: Both<Seat>;
  readonly #recorder: Recorder;
  #game: Game;
  /** Since the last report. */
  #changes: Changes;
  #reported: number;
  #holds = false;

  constructor({ epoch, game, bot, nowMs }: CourtOptions) {
    const seat = (level: BotLevel | null): Seat => ({
      bot: level === null ? undefined : new Bot(1, level),
      turns: [],
      wanted: 0,
      taken: 0,
      lead: 0,
      echo: 0,
      late: 0,
      heardMs: nowMs,
      movedTick: game.tick,
    });
    this.#epoch = epoch;
    this.#game = game;
    this.#seats = [seat(null), seat(bot)];
    this.#recorder = new Recorder(game);
    this.#changes = new Changes(game.tick);
    this.#reported = game.tick;
  }

  get game(): Game {
    return this.#game;
  }

  /** Ticks that were played and not asked for. */
  get unrecorded(): number {
    return this.#game.tick - this.#recorder.from;
  }

  /** The ball rests for a countdown before the game goes on. */
  hold(): void {
    this.#holds = true;
  }

  /** What nobody meant for this epoch, for a tick far ahead or for one that was taken already changes nothing. */
  hear(side: Side, { epoch, tick, echo, turns }: Saying, nowMs: number): void {
    const seat = this.#seats[side];
    if (epoch !== this.#epoch || seat.bot) return;
    const now = this.#game.tick;
    seat.heardMs = nowMs;
    seat.lead = tick - now;
    seat.echo = echo;
    for (const turn of turns) {
      if (turn.tick <= seat.taken || turn.tick > now + aheadTicksMax) continue;
      seat.taken = turn.tick;
      if (turn.tick <= now) seat.late += 1;
      seat.turns.push(turn);
    }
  }

  /** One tick. @returns who has scored in it. */
  tick(nowMs: number): Side | undefined {
    return this.#step({
      directions: [this.#direction(0, nowMs), this.#direction(1, nowMs)],
      holds: this.#holds,
    });
  }

  /** A tick as it was played before. */
  repeat(inputs: Inputs): Side | undefined {
    const scored = this.#step(inputs);
    for (const side of [0, 1] as const) this.#seats[side].wanted = this.#game.directions[side];
    this.#reported = this.#game.tick;
    this.#changes = new Changes(this.#game.tick);
    return scored;
  }

  /** Everything since it was asked last; undefined where nothing was played. */
  record(): PlayRecord | undefined {
    return this.#recorder.take(this.#game);
  }

  /** For everybody to see. */
  report(committed: Both<number>, nowMs: number): Uint8Array {
    const player = ({ taken, lead, echo, late, heardMs, bot }: Seat): PlayerReport => ({
      taken,
      lead,
      echo,
      late,
      isAway: !bot && nowMs - heardMs > awayMs,
    });
    const [left, right] = this.#seats;
    const players: Both<PlayerReport> = [player(left), player(right)];
    const changes = Uint8Array.from(this.#changes.bytes);
    const report = {
      epoch: this.#epoch,
      from: this.#reported,
      game: this.#game,
      players,
      committed,
      changes,
    };
    this.#reported = this.#game.tick;
    this.#changes = new Changes(this.#game.tick);
    return encodeReport(report);
  }

  /** Who was not heard, or has done nothing, for so long that the match should be paused. */
  gone(nowMs: number): Side | undefined {
    return ([0, 1] as const).find((side) => {
      const { bot, heardMs, movedTick } = this.#seats[side];
      return !bot && (nowMs - heardMs > goneMs || this.#game.tick - movedTick > idleTicks);
    });
  }

  #direction(side: Side, nowMs: number): Direction {
    const seat = this.#seats[side];
    if (seat.bot) return seat.bot.direction(this.#game);
    for (let next = seat.turns[0]; next && next.tick <= this.#game.tick + 1; next = seat.turns[0]) {
      seat.wanted = next.direction;
      seat.turns.shift();
    }
    return nowMs - seat.heardMs > silentMs ? 0 : seat.wanted;
  }

  #step(inputs: Inputs): Side | undefined {
    const before = this.#game;
    const after = step(before, inputs);
    if (after === before) return undefined; // it is over
    this.#holds = false;
    this.#game = after;
    this.#recorder.note(before, after, inputs.holds);
    this.#changes.note(before, after, inputs.holds);
    for (const side of [0, 1] as const)
      if (after.paddles[side] !== before.paddles[side]) this.#seats[side].movedTick = after.tick;
    if (after.score[0] > before.score[0]) return 0;
    return after.score[1] > before.score[1] ? 1 : undefined;
  }
}
