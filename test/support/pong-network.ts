/**
 * A match over a bad network, in virtual time: the leader's own court, two players with bots at their keys, and between
 * them what TCP makes of a bad line: what is slow holds up what comes behind it.
 */
import { Netplay, type Shown } from '../../src/client/pong/netplay.ts';
import { Bot, type BotLevel } from '../../src/pong/bot.ts';
import { newGame, type Side } from '../../src/pong/game.ts';
import { decodeReport, decodeSaying, encodeSaying, ticksPerReport } from '../../src/pong/messages.ts';
import { Court } from '../../src/service/pong/court.ts';
import { SeededRandom } from '../../src/simulation/random.ts';

export interface Weather {
  /** Both ways together, and by how much that varies. */
  readonly roundTripMs: number;
  readonly jitterMs: number;
  /** How often a second nothing passes for a while, and for how long at most. */
  readonly stallsPerSecond: number;
  readonly stallMsMax: number;
}

export const badWeather: Weather = { roundTripMs: 150, jitterMs: 30, stallsPerSecond: 0.1, stallMsMax: 250 };
export const noWeather: Weather = { roundTripMs: 2, jitterMs: 0, stallsPerSecond: 0, stallMsMax: 0 };

const tickMs = 1_000 / 60;
const frameMs = 1_000 / 60;

/** One way of a connection: in order, whatever happens. */
class Lane {
  readonly #random: SeededRandom;
  readonly #weather: Weather;
  #clearMs = 0;
  #stallEndsMs = 0;
  #nextStallMs: number;
  readonly queue: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];

  constructor(random: SeededRandom, weather: Weather) {
    this.#random = random;
    this.#weather = weather;
    this.#nextStallMs = this.#untilStall();
  }

  send(bytes: Uint8Array, ms: number): void {
    const { roundTripMs, jitterMs, stallMsMax } = this.#weather;
    if (ms >= this.#nextStallMs) {
      this.#stallEndsMs = ms + this.#random.between(stallMsMax / 4, stallMsMax);
      this.#nextStallMs = this.#stallEndsMs + this.#untilStall();
    }
    const delayMs = (roundTripMs + this.#random.between(-jitterMs, jitterMs)) / 2;
    this.#clearMs = Math.max(this.#clearMs, Math.max(ms, this.#stallEndsMs) + delayMs);
    this.queue.push({ atMs: this.#clearMs, bytes });
  }

  *due(ms: number): Generator<{ readonly atMs: number; readonly bytes: Uint8Array }> {
    while (this.queue[0] && this.queue[0].atMs <= ms) yield this.queue.shift()!;
  }

  #untilStall(): number {
    const { stallsPerSecond } = this.#weather;
    if (stallsPerSecond === 0) return Number.POSITIVE_INFINITY;
    return (-Math.log(1 - this.#random.next()) / stallsPerSecond) * 1_000;
  }
}

export class NetworkedMatch {
  court: Court;
  epoch = 1;
  readonly players: readonly Networked[];
  nowMs = 5_000;
  #tickDueMs = this.nowMs;
  #frameDueMs = this.nowMs;

  constructor(seed: number, weather: Weather, points = 3, levels: readonly BotLevel[] = ['hard', 'hard']) {
    const random = new SeededRandom(`pong ${seed}`);
    this.court = new Court({ epoch: 1, game: newGame(seed, points), bot: null, nowMs: this.nowMs });
    this.players = ([0, 1] as const).map(
      (side) => new Networked(side, random.fork(`${side}`), weather, levels[side]!),
    );
  }

  /** Until the game is over, or for so long. @param frame is told after each frame of both players. */
  play(secondsMax: number, frame: (nowMs: number) => void = () => undefined): void {
    const endsMs = this.nowMs + secondsMax * 1_000;
    for (; this.nowMs < endsMs && this.court.game.phase !== 'over'; this.nowMs += 1) {
      for (const { side, up } of this.players)
        for (const { bytes } of up.due(this.nowMs)) this.court.hear(side, decodeSaying(bytes)!, this.nowMs);
      if (this.nowMs >= this.#tickDueMs) {
        this.#tickDueMs += tickMs;
        this.#tick();
      }
      for (const player of this.players) player.receive(this.nowMs);
      if (this.nowMs < this.#frameDueMs) continue;
      this.#frameDueMs += frameMs;
      for (const player of this.players) player.frame(this.nowMs);
      frame(this.nowMs);
    }
  }

  /** Now, by a player's clock. */
  ownMs(side: Side): number {
    return this.nowMs + this.players[side]!.clockMs;
  }

  /** The leader is gone, and after a while another one goes on from what it heard. */
  failOver(secondsWithout: number): void {
    const { game } = this.court;
    this.#tickDueMs = this.nowMs + secondsWithout * 1_000;
    this.court = new Court({ epoch: ++this.epoch, game, bot: null, nowMs: this.#tickDueMs });
  }

  #tick(): void {
    const scored = this.court.tick(this.nowMs);
    const { game } = this.court;
    if (scored === undefined && game.tick % ticksPerReport !== 0) return;
    const report = this.court.report(game.score, this.nowMs);
    for (const { down } of this.players) down.send(report, this.nowMs);
  }
}

class Networked {
  readonly side: Side;
  readonly up: Lane;
  readonly down: Lane;
  readonly play: Netplay;
  /** Of the ball, at every report, in pixels. */
  readonly corrections: number[] = [];
  shown: Shown | undefined;
  late = 0;
  turns = 0;
  readonly #bot: Bot;
  /** The player's own clock shows another time. */
  readonly clockMs: number;

  constructor(side: Side, random: SeededRandom, weather: Weather, level: BotLevel) {
    this.side = side;
    this.up = new Lane(random.fork('up'), weather);
    this.down = new Lane(random.fork('down'), weather);
    this.play = new Netplay(side);
    this.#bot = new Bot(side, level);
    this.clockMs = random.between(-4_000, 100_000);
  }

  receive(nowMs: number): void {
    for (const { bytes } of this.down.due(nowMs)) {
      const report = decodeReport(bytes)!;
      this.late = report.players[this.side].late;
      const correction = this.play.hear(report, nowMs + this.clockMs);
      if (correction !== undefined) this.corrections.push(correction / 256);
    }
  }

  frame(nowMs: number): void {
    const ms = nowMs + this.clockMs;
    const game = this.play.played(ms);
    if (game && this.play.turn(this.#bot.direction(game), ms)) this.turns += 1;
    const saying = this.play.say(ms);
    if (saying) this.up.send(encodeSaying(saying), nowMs);
    this.shown = this.play.show(ms);
  }
}
