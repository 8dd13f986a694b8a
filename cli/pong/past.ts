/**
 * What was played of a match, again and verified: from the log's records alone, by the rules. A long match has a million
 * ticks, so what is kept is where each record begins; what is between is played once more when it is asked for.
 */
import type { Matches, MatchView, PlayView } from '../../src/client/matches.ts';
import {
  type Both,
  type Game,
  newGame,
  PlayDiverged,
  playBack,
  RULES,
  TooShort,
  ticksPerSecond,
} from '../../src/client/pong.ts';
import { collect } from '../collect.ts';
import { Refusal } from '../failure.ts';
import type { Moment } from '../playback.ts';

export interface Point {
  readonly tick: number;
  readonly by: 0 | 1;
  readonly score: Both<number>;
}

interface Part {
  readonly start: Game;
  readonly record: PlayView;
}

export class PastMatch {
  readonly match: MatchView;
  readonly points: readonly Point[];
  readonly last: Game;
  /** How many hashes of the log the play was compared with: all are equal. */
  readonly verified: number;
  readonly #parts: readonly Part[];
  /** Of the part that was asked for last, one game a tick. */
  #played: readonly Game[];

  /** @throws {PlayDiverged | TooShort} where a record is damaged. */
  constructor(match: MatchView, records: readonly PlayView[]) {
    const points: Point[] = [];
    const parts: Part[] = [];
    let game = newGame(match.seed, match.points);
    let verified = 0;
    this.#played = [game];
    for (const record of records) {
      parts.push({ start: game, record });
      verified += hashesBetween(game.tick, record.to);
      for (const next of playBack(game, record)) {
        if (next.score !== game.score) points.push(pointIn(game, next));
        game = next;
      }
    }
    this.match = match;
    this.points = points;
    this.last = game;
    this.verified = verified;
    this.#parts = parts;
  }

  /** The game after a tick; the last one after all of them. */
  at(tick: number): Game {
    const has = this.#played[0]!.tick <= tick && tick <= this.#played.at(-1)!.tick;
    if (!has) {
      const { start, record } = this.#partAt(tick) ?? {};
      this.#played = start && record ? [start, ...playBack(start, record)] : [this.last];
    }
    const first = this.#played[0]!.tick;
    return this.#played[Math.min(Math.max(0, tick - first), this.#played.length - 1)]!;
  }

  /** When that was played, by the log's time, which goes on in a pause. Milliseconds since 1970. */
  timeAt(tick: number): number {
    const { record } = this.#partAt(tick) ?? this.#parts.at(-1) ?? {};
    return record ? record.at - offsetOf(record.to - tick) : this.match.openedAt;
  }

  /** What happened from one moment to another: a time of day is the log's, what is counted from the beginning the game's. */
  cut<T extends { readonly tick: number }>(
    happened: readonly T[],
    from: Moment | undefined,
    to: Moment | undefined,
  ): T[] {
    const after = (tick: number, moment: Moment) =>
      'at' in moment ? this.timeAt(tick) - moment.at : offsetOf(tick) - moment.offsetMs;
    return happened.filter(({ tick }) => (!from || after(tick, from) >= 0) && (!to || after(tick, to) <= 0));
  }

  #partAt(tick: number): Part | undefined {
    return this.#parts.find(({ record }) => tick <= record.to);
  }
}

/** @throws {Refusal} `diverged` where what is recorded is not what the rules make of it, or is cut. */
export async function readMatch(matches: Matches, id: string, timeoutMs?: number): Promise<PastMatch> {
  const match = await matches.get(id, timeoutMs);
  const records = await collect(matches.play(id, timeoutMs));
  if (match.rules !== RULES)
    throw new Refusal(
      'other-rules',
      `That match was played by rules ${match.rules}; here are rules ${RULES}.`,
    );
  try {
    return new PastMatch(match, records);
  } catch (error) {
    if (!(error instanceof PlayDiverged || error instanceof TooShort)) throw error;
    throw new Refusal(
      'diverged',
      `The record of ${id} leads to another game than was played: ${error.message}.`,
    );
  }
}

/** How long so many ticks are played, in milliseconds. */
export function offsetOf(ticks: number): number {
  return (ticks * 1_000) / ticksPerSecond;
}

function pointIn(before: Game, { tick, score }: Game): Point {
  return { tick, by: score[0] > before.score[0] ? 0 : 1, score };
}

/** One for every whole second, and one at the end of a record. */
function hashesBetween(from: number, to: number): number {
  const seconds = Math.floor(to / ticksPerSecond) - Math.floor(from / ticksPerSecond);
  return seconds + (to % ticksPerSecond === 0 ? 0 : 1);
}
