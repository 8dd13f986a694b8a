/** A match played back without a screen: each point when it was scored, and at the end that all of it is verified. */
import { gameHash } from '../../src/client/pong.ts';
import type { Output } from '../output.ts';
import { type Pace, play } from '../playback.ts';
import { offsetOf, type PastMatch } from '../pong/past.ts';
import { visible } from '../render/text.ts';
import { Timeline } from './model/timeline.ts';

export async function printMatchReplay(
  past: PastMatch,
  output: Output,
  { speed, maxGapMs, from, to }: Pace,
  signal?: AbortSignal,
): Promise<void> {
  const { match, last, verified } = past;
  const { match: id, players } = match;
  const timed = past.points.map((point) => ({ ...point, offsetMs: offsetOf(point.tick) }));
  const shown = past.cut(timed, from, to);
  const { dueMs } = new Timeline([0, ...shown.map(({ offsetMs }) => offsetMs)], maxGapMs * speed);
  const cues = shown.map((point, index) => ({ ...point, dueMs: (dueMs[index + 1] ?? 0) / speed }));
  const tell = async ({ tick, by, score, offsetMs }: (typeof cues)[number]) => {
    const json = { match: id, by: players[by], score, tick, offset_ms: Math.round(offsetMs) };
    await output.emit(json, `${visible(players[by])} scores: ${score.join(' : ')}`);
  };
  await play(cues, tell, signal);
  if (signal?.aborted) return;
  const hash = gameHash(last);
  await output.emit(
    { match: id, score: last.score, ticks: last.tick, state_hash: hash, verified },
    `${visible(players[0])} ${last.score.join(' : ')} ${visible(players[1])}; ${last.tick} ticks, verified by ${verified} hashes`,
  );
}
