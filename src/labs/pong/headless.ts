/**
 * A player without a screen: follows a match, lets a bot decide, and says what it does as any player would.
 *
 * Its clock runs a little ahead of the authority's, so that what it wants is there in time: each report says by how much, and
 * it is drawn towards a few ticks.
 */
import type { ClientOptions } from '../../client/client.ts';
import { type Matches, type MatchView, type Report, sayEveryMs, type Turn } from '../../client/matches.ts';
import { Bot, type BotLevel, type Side, ticksPerSecond } from '../../client/pong.ts';

export interface HeadlessOptions {
  readonly matches: Matches;
  readonly clock: ClientOptions['clock'];
  readonly match: string;
  readonly side: Side;
  readonly level: BotLevel;
  /** Told of every report that counts. */
  reported?(report: Report): void;
}

const tickMs = 1_000 / ticksPerSecond;
/** As far ahead as the clock should be, in ticks of what is reported. */
const leadWanted = 4;
const leadMax = 40;

export class HeadlessPlayer {
  readonly #options: HeadlessOptions;
  readonly #bot: Bot;
  readonly #watching: { stop(): void };
  #report: Report | undefined;
  #reportedMs = 0;
  #lead = leadWanted;
  #turns: Turn[] = [];
  #late = 0;
  #lateBefore = 0;
  #saidMs = Number.NEGATIVE_INFINITY;
  #timer: unknown;

  constructor(options: HeadlessOptions) {
    this.#options = options;
    this.#bot = new Bot(options.side, options.level);
    this.#watching = options.matches.watch(options.match, (report) => this.#hear(report));
    this.#say();
  }

  /** The last report that counted. */
  get report(): Report | undefined {
    return this.#report;
  }

  /** Turns that came too late, of all epochs. */
  get late(): number {
    return this.#lateBefore + this.#late;
  }

  stop(): void {
    this.#watching.stop();
    this.#options.clock.clearTimeout(this.#timer);
  }

  #hear(report: Report): void {
    const { clock, side, reported } = this.#options;
    const before = this.#report;
    if (
      before &&
      (report.epoch < before.epoch || (report.epoch === before.epoch && report.game.tick < before.game.tick))
    )
      return; // of a leader that was
    const isNew = report.epoch !== before?.epoch;
    const own = report.players[side];
    this.#report = report;
    this.#reportedMs = clock.monotonicMs();
    if (isNew) {
      this.#lateBefore += this.#late;
      this.#turns = this.#turns.slice(-1).map(({ direction }) => ({ tick: this.#tick + 1, direction }));
    } else if (report.game.tick % 30 === 0) {
      this.#lead = Math.max(0, Math.min(leadMax, this.#lead + Math.sign(leadWanted - own.lead)));
    }
    this.#late = own.late;
    this.#turns = this.#turns.filter(
      ({ tick }, index) => tick > own.taken || index === this.#turns.length - 1,
    );
    this.#decide(report);
    reported?.(report);
  }

  #decide({ game }: Report): void {
    const direction = this.#bot.direction(game);
    const last = this.#turns.at(-1);
    if (direction === (last?.direction ?? 0)) return;
    this.#turns.push({ tick: Math.max(this.#tick, last?.tick ?? 0) + 1, direction });
    this.#tell();
  }

  /** As it is believed to be for the authority, when what is said now arrives. */
  get #tick(): number {
    const { clock } = this.#options;
    const since = (clock.monotonicMs() - this.#reportedMs) / tickMs;
    return Math.floor((this.#report?.game.tick ?? 0) + since + this.#lead);
  }

  #say(): void {
    const { clock } = this.#options;
    this.#timer = clock.setTimeout(() => this.#say(), sayEveryMs / 2);
    if (clock.monotonicMs() - this.#saidMs >= sayEveryMs) this.#tell();
  }

  #tell(): void {
    const { clock, match, matches } = this.#options;
    if (!this.#report) return;
    this.#saidMs = clock.monotonicMs();
    const echo = Math.floor(this.#saidMs) & 0xffff;
    const { epoch } = this.#report;
    matches.say(match, { epoch, tick: this.#tick, echo, turns: this.#turns });
  }
}

/** Which side somebody plays on; undefined for onlookers. */
export function sideOf({ players }: MatchView, name: string): Side | undefined {
  const side = players.indexOf(name);
  return side < 0 ? undefined : (side as Side);
}
