/**
 * Which tick it is: for what one does, and for what one sees.
 *
 * What a player does now has to reach the authority before it comes to that tick, so a player lives in the future: as far
 * ahead as saying takes, and a little more for what takes longer. The authority tells how far ahead each saying came, so
 * nobody needs to know what time it is there. What is seen of the others lies in the past: as far back as reports take, and
 * what the slower ones of them take longer (a jitter buffer). Both follow how the network is, without jumps.
 */
import { type Saying, ticksPerReport } from '../../pong/messages.ts';
import { Recent } from './recent.ts';
import { TickClock, ticksAt } from './tick-clock.ts';

/** Reports of 3 s, and sayings of about 5 s. */
const reportsKept = 90;
const sayingsKept = 50;
/** So many sayings come early enough: later ones are late, and rare. */
const lateShare = 0.04;
const lateReportsShare = 0.95;
/** Ticks by which a saying should be early, beyond those that vary. */
const spare = 1.5;
/** However bad it is: farther ahead nobody can play. */
const aheadMax = 45;
const behindMax = 24;
/** Until it is known how long saying takes. */
const aheadFirst = 8;

/** The game stood still meanwhile: no network is so slow. */
const breakTicks = 45;

/** What is heard of the saying with that echo. */
interface Heard {
  readonly lead: number;
  readonly echo: number;
}

interface Sent {
  readonly echo: number;
  readonly ms: number;
  /** By how much the player's tick was above a clock's that nobody corrects. */
  readonly offset: number;
}

export class Timing {
  readonly #play = new TickClock({ slewMax: 0.06, jump: 20 });
  readonly #view = new TickClock({ slewMax: 0.1, jump: 30 });
  /** How much later than by the uncorrected clock reports come, in ticks. */
  readonly #delays = new Recent(reportsKept);
  /** How early sayings would have come without any lead. */
  readonly #slacks = new Recent(sayingsKept);
  readonly #lags = new Recent(15);
  #sent: Sent[] = [];

  /** The tick that is played now. */
  playAt(ms: number): number {
    return this.#play.at(ms);
  }

  /** The tick that is seen now of the others. */
  viewAt(ms: number): number {
    return this.#view.at(ms);
  }

  /** From a word to its echo, in milliseconds. */
  get lagMs(): number | undefined {
    return this.#lags.quantile(0.5);
  }

  /** How far the future and the past are apart, in ticks. */
  spanAt(ms: number): number {
    return this.playAt(ms) - this.viewAt(ms);
  }

  said({ echo, tick }: Saying, ms: number): void {
    this.#sent.push({ echo, ms, offset: tick - ticksAt(ms) });
    if (this.#sent.length > 100) this.#sent.shift();
  }

  /** A report of that tick has come. */
  heard(tick: number, ms: number, mine: Heard | undefined): void {
    const raw = ticksAt(ms);
    const usual = this.#delays.quantile(0.5);
    if (usual !== undefined && Math.abs(raw - tick - usual) > breakTicks) this.restart();
    this.#delays.add(raw - tick);
    const delay = this.#delays.quantile(lateReportsShare) ?? 0;
    const least = this.#delays.quantile(0) ?? 0;
    this.#view.steer(raw - Math.min(delay, least + behindMax) - ticksPerReport, ms);
    if (mine) this.#heardEcho(mine, ms);
    this.#play.steer(this.#playTarget(raw, tick), ms);
  }

  /** Another authority counts, and from another tick: nothing that was learnt holds. */
  restart(): void {
    this.#delays.clear();
    this.#slacks.clear();
    this.#sent = [];
    this.#view.unset();
    this.#play.unset();
  }

  #playTarget(raw: number, tick: number): number {
    const slack = this.#slacks.quantile(lateShare);
    const soonest = raw - (this.#delays.quantile(0) ?? raw - tick);
    if (slack === undefined) return soonest + aheadFirst;
    return Math.min(raw + spare - slack, soonest + aheadMax);
  }

  #heardEcho({ lead, echo }: Heard, ms: number): void {
    const index = this.#sent.findIndex((sent) => sent.echo === echo);
    if (index < 0) return;
    const sent = this.#sent[index]!;
    this.#sent = this.#sent.slice(index + 1);
    this.#lags.add(ms - sent.ms);
    this.#slacks.add(lead - sent.offset);
  }
}
