/** What was played of a match, again and verified: from the log's records alone, by the rules. */
import type { Matches, MatchView } from '../../src/client/matches.ts';
import { type Game, newGame, PlayDiverged, playBack, RULES, ticksPerSecond } from '../../src/client/pong.ts';
import { collect } from '../collect.ts';
import { Refusal } from '../failure.ts';

export interface PastMatch {
  readonly match: MatchView;
  /** One a tick, from the first, at tick 0. */
  readonly games: readonly Game[];
  /** How many hashes of the log the play was compared with: all are equal. */
  readonly verified: number;
}

/** @throws {Refusal} `diverged` where what is recorded is not what the rules make of it. */
export async function readMatch(matches: Matches, id: string, timeoutMs?: number): Promise<PastMatch> {
  const match = await matches.get(id, timeoutMs);
  const records = await collect(matches.play(id, timeoutMs));
  if (match.rules !== RULES)
    throw new Refusal(
      'other-rules',
      `That match was played by rules ${match.rules}; here are rules ${RULES}.`,
    );
  let game = newGame(match.seed, match.points);
  const games = [game];
  let verified = 0;
  for (const record of records) {
    const from = game.tick;
    try {
      games.push(...playBack(game, record));
    } catch (error) {
      if (!(error instanceof PlayDiverged)) throw error;
      throw new Refusal(
        'diverged',
        `The record of ${id} leads to another game than was played: ${error.message}.`,
      );
    }
    game = games.at(-1) ?? game;
    verified += hashesBetween(from, record.to);
  }
  return { match, games, verified };
}

/** One for every whole second, and one at the end of a record. */
function hashesBetween(from: number, to: number): number {
  const seconds = Math.floor(to / ticksPerSecond) - Math.floor(from / ticksPerSecond);
  return seconds + (to % ticksPerSecond === 0 ? 0 : 1);
}
