/**
 * A place at a match, to play or to look on: what is heard of it and what is to be said, and the match as the log has it.
 * Whoever sits there asks sixty times a second what is to be seen (`frame`); nothing here has a timer of that kind.
 */
import { type Clock, every } from '../../ports/clock.ts';
import type { UserClient } from '../client.ts';
import type { MatchView, Report } from '../matches.ts';
import type { Direction, Game, Side } from '../pong.ts';
import { Netplay, type Shown } from './netplay.ts';

export type { Shown };

export interface SeatOptions {
  readonly client: Pick<UserClient, 'line' | 'matches'>;
  readonly clock: Clock;
  readonly match: MatchView;
  /** Undefined to look on. */
  readonly side: Side | undefined;
  /** The match is in another state. */
  changed(match: MatchView): void;
  /** By how much the ball had been shown in a wrong place, in pixels. */
  corrected?(px: number): void;
}

/** Notices can be lost, and onlookers get none: it is asked now and then. */
const askEveryMs = 2_000;

export class Seat {
  readonly #options: SeatOptions;
  readonly #play: Netplay;
  readonly #parts: { stop(): void }[];
  #match: MatchView;
  #last: Report | undefined;
  #lateBefore = 0;
  #isAsking = false;
  /** Of the match: what is asked meanwhile may be answered from before. */
  #notices = 0;

  /** The line must be connected. */
  constructor(options: SeatOptions) {
    const { client, clock, match, side } = options;
    this.#options = options;
    this.#match = match;
    this.#play = new Netplay(side);
    this.#parts = [
      client.matches.watch(match.match, (report) => this.#hear(report)),
      client.matches.listen((view) => {
        this.#notices += 1;
        this.#saw(view);
      }),
      client.line.watch(() => this.#lineChanged()),
      every(clock, askEveryMs, () => void this.#ask()),
    ];
    void this.#ask(); // what changed before anybody listened
  }

  get match(): MatchView {
    return this.#match;
  }

  /** What came late of what one did, in all epochs. */
  get late(): number {
    const { side } = this.#options;
    return this.#lateBefore + (side === undefined ? 0 : (this.#last?.players[side].late ?? 0));
  }

  /** The game as it was reported last. */
  get reported(): Game | undefined {
    return this.#last?.game;
  }

  /** The game as far as it can be known at the tick that is played now. */
  get played(): Game | undefined {
    return this.#play.played(this.#nowMs);
  }

  steer(direction: Direction): void {
    this.#play.turn(direction, this.#nowMs);
    this.#say();
  }

  /** What is to be seen now; says what is to be said by now. */
  frame(): Shown | undefined {
    this.#say();
    return this.#play.show(this.#nowMs);
  }

  leave(): void {
    for (const part of this.#parts.splice(0)) part.stop();
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #hear(report: Report): void {
    const { side, corrected } = this.#options;
    const before = this.#last;
    const px = this.#play.hear(report, this.#nowMs);
    const isOld =
      before &&
      (report.epoch < before.epoch || (report.epoch === before.epoch && report.game.tick < before.game.tick));
    if (isOld) return;
    if (before && side !== undefined && report.players[side].late < before.players[side].late)
      this.#lateBefore += before.players[side].late; // counted anew
    this.#last = report;
    this.#play.stand(false, this.#nowMs);
    if (px !== undefined) corrected?.(px / 256);
  }

  #say(): void {
    const { client, match } = this.#options;
    if (client.line.state === 'closed' || client.line.state === 'disconnected') return;
    const saying = this.#play.say(this.#nowMs);
    if (saying) client.matches.say(match.match, saying);
  }

  #saw(view: MatchView): void {
    if (view.match !== this.#match.match || isOlder(view, this.#match)) return;
    const isSame = JSON.stringify(view) === JSON.stringify(this.#match);
    this.#match = view;
    if (!isSame) this.#options.changed(view);
  }

  /** While nobody leads nothing is played; everybody sees at once that it stands. */
  #lineChanged(): void {
    const { line } = this.#options.client;
    this.#play.stand(line.state !== 'ready', this.#nowMs);
    if (line.state === 'ready') void this.#ask();
  }

  async #ask(): Promise<void> {
    const { client, match } = this.#options;
    if (this.#isAsking || client.line.state === 'closed') return;
    this.#isAsking = true;
    try {
      const noticesBefore = this.#notices;
      const view = await client.matches.get(match.match, askEveryMs);
      if (this.#notices === noticesBefore) this.#saw(view);
    } catch {
      // Asked again soon.
    } finally {
      this.#isAsking = false;
    }
  }
}

/** A match never goes back: answers of different nodes may come in any order. */
function isOlder(one: MatchView, other: MatchView): boolean {
  if (one.tick !== other.tick) return one.tick < other.tick;
  return other.state === 'over' && one.state !== 'over';
}
