/**
 * A player without a screen and without frames, for tests and load: looks at each report, lets a bot decide on what it
 * expects by now, and says what it does as any player would.
 */
import type { ClientOptions } from '../../client/client.ts';
import { type Matches, type Report, sayEveryMs } from '../../client/matches.ts';
import { Netplay } from '../../client/pong/netplay.ts';
import { Bot, type BotLevel, type Side } from '../../client/pong.ts';

export interface HeadlessOptions {
  readonly matches: Matches;
  readonly clock: ClientOptions['clock'];
  readonly match: string;
  readonly side: Side;
  readonly level: BotLevel;
  /** Told of every report that counts. */
  reported?(report: Report): void;
}

export class HeadlessPlayer {
  readonly #options: HeadlessOptions;
  readonly #bot: Bot;
  readonly #play: Netplay;
  readonly #watching: { stop(): void };
  #report: Report | undefined;
  #lateBefore = 0;
  #timer: unknown;

  constructor(options: HeadlessOptions) {
    this.#options = options;
    this.#bot = new Bot(options.side, options.level);
    this.#play = new Netplay(options.side);
    this.#watching = options.matches.watch(options.match, (report) => this.#hear(report));
    this.#say();
  }

  /** The last report that counted. */
  get report(): Report | undefined {
    return this.#report;
  }

  /** Turns that came too late, of all epochs. */
  get late(): number {
    return this.#lateBefore + (this.#report?.players[this.#options.side].late ?? 0);
  }

  stop(): void {
    this.#watching.stop();
    this.#options.clock.clearTimeout(this.#timer);
  }

  #hear(report: Report): void {
    const { clock, reported } = this.#options;
    const before = this.#report;
    if (
      before &&
      (report.epoch < before.epoch || (report.epoch === before.epoch && report.game.tick < before.game.tick))
    )
      return; // of a leader that was
    if (report.epoch !== before?.epoch) this.#lateBefore = this.late;
    this.#report = report;
    const nowMs = clock.monotonicMs();
    this.#play.hear(report, nowMs);
    this.#play.turn(this.#bot.direction(this.#play.played(nowMs) ?? report.game), nowMs);
    this.#tell();
    reported?.(report);
  }

  #say(): void {
    this.#timer = this.#options.clock.setTimeout(() => this.#say(), sayEveryMs / 2);
    this.#tell();
  }

  #tell(): void {
    const { clock, match, matches } = this.#options;
    const saying = this.#play.say(clock.monotonicMs());
    if (saying) matches.say(match, saying);
  }
}
