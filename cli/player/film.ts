/** What is played back: a session, told as it went on, or a match, seen as it was played. */
import type { UserClient } from '../../src/client/client.ts';
import { type Both, type Game, ticksPerSecond } from '../../src/client/pong.ts';
import { cut } from '../playback.ts';
import { drawCourt } from '../pong/court.ts';
import { type PastMatch, readMatch } from '../pong/past.ts';
import { howItEnded } from '../pong/words.ts';
import { isMatch } from '../which-session.ts';
import type { Happening } from './model/recording.ts';
import { type Part, readRecording } from './record.ts';
import type { Picture } from './screen.ts';
import type { Film } from './terminal.ts';

/** @throws {Refusal} of a match whose record is not what the rules make of it. */
export async function readFilm(
  client: UserClient,
  id: string,
  timeoutMs?: number,
  part: Part = {},
): Promise<Film> {
  if (!isMatch(id)) return { recording: await readRecording(client, id, timeoutMs, part) };
  const past = await readMatch(client.matches, id, timeoutMs);
  return { recording: matchRecording(past, part), picture: pictureOf(past) };
}

/** What happened in a match, by the time that was played: a pause takes none. */
function matchRecording({ match, games }: PastMatch, { from, to }: Part): Film['recording'] {
  const { players, openedAt: startedAt } = match;
  const title = players.join(' – ');
  const last = games.at(-1)!;
  const happenings: Happening[] = [
    { kind: 'began', offsetMs: 0, name: players.join(' and '), what: `play to ${match.points}` },
    ...pointsOf(games).map(({ tick, by, score }) => ({
      kind: 'scored' as const,
      offsetMs: offsetOf(tick),
      name: players[by],
      what: score.join(' : '),
    })),
  ];
  if (match.state === 'over')
    happenings.push({ kind: 'ended', offsetMs: offsetOf(last.tick), name: '', what: howItEnded(match) });
  const timed = happenings.map((happening) => ({ at: startedAt + happening.offsetMs, happening }));
  return { title, startedAt, happenings: cut(timed, startedAt, from, to).map(({ happening }) => happening) };
}

export interface Point {
  readonly tick: number;
  readonly by: 0 | 1;
  readonly score: Both<number>;
}

export function pointsOf(games: readonly Game[]): Point[] {
  return games.flatMap((game, index) => {
    const before = games[index - 1]?.score ?? game.score;
    if (game.score[0] === before[0] && game.score[1] === before[1]) return [];
    return [{ tick: game.tick, by: game.score[0] > before[0] ? 0 : 1, score: game.score } as const];
  });
}

function offsetOf(tick: number): number {
  return (tick * 1_000) / ticksPerSecond;
}

function pictureOf({ games, verified }: PastMatch): Picture {
  return {
    remark: `verified: ${verified} hashes`,
    draw: (offsetMs, columns, rows) => {
      const tick = Math.floor((offsetMs * ticksPerSecond) / 1_000);
      const game = games[Math.min(tick, games.length - 1)]!;
      const { x, y, paddles, score, phase, hold } = game;
      const countdown = phase === 'countdown' ? hold / ticksPerSecond : 0;
      const shown = { ball: { x, y }, paddles, score, phase, countdown };
      return drawCourt({ shown, messages: [], aside: [] }, columns, rows);
    },
  };
}
