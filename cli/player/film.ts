/** What is played back: a session, told as it went on, or a match, seen as it was played. */
import type { UserClient } from '../../src/client/client.ts';
import { ticksPerSecond } from '../../src/client/pong.ts';
import { drawCourt } from '../pong/court.ts';
import { offsetOf, type PastMatch, readMatch } from '../pong/past.ts';
import { howItEnded } from '../pong/words.ts';
import { isMatch } from '../which-session.ts';
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
function matchRecording(past: PastMatch, { from, to }: Part): Film['recording'] {
  const { match, last } = past;
  const { players } = match;
  const happened = [
    { tick: 0, kind: 'began', name: players.join(' and '), what: `play to ${match.points}` } as const,
    ...past.points.map(({ tick, by, score }) => {
      return { tick, kind: 'scored', name: players[by], what: score.join(' : ') } as const;
    }),
    ...(match.state === 'over'
      ? [{ tick: last.tick, kind: 'ended', name: '', what: howItEnded(match) } as const]
      : []),
  ];
  return {
    title: players.join(' – '),
    startedAt: past.timeAt(0),
    happenings: past
      .cut(happened, from, to)
      .map(({ tick, ...what }) => ({ ...what, offsetMs: offsetOf(tick) })),
  };
}

function pictureOf(past: PastMatch): Picture {
  return {
    remark: `verified: ${past.verified} hashes`,
    draw: (offsetMs, columns, rows) => {
      const tick = Math.floor((offsetMs * ticksPerSecond) / 1_000);
      const { x, y, paddles, score, phase, hold } = past.at(tick);
      const countdown = phase === 'countdown' ? hold / ticksPerSecond : 0;
      const shown = { ball: { x, y }, paddles, score, phase, countdown };
      return drawCourt({ shown, messages: [], aside: [] }, columns, rows);
    },
  };
}
