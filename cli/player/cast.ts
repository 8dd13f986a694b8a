/**
 * A recording as an asciicast, version 2: what asciinema and its players of every version since 2 read. Version 3 says
 * the same with intervals, and only the newest programs know it. (https://docs.asciinema.org/manual/asciicast/v2/)
 */
import type { Palette } from '../render/colour.ts';
import { renderTold } from '../render/happenings.ts';
import { safeJson, safeText } from '../render/text.ts';
import { type Recording, wordsFor } from './model/recording.ts';
import type { Timeline } from './model/timeline.ts';
import { toldAt } from './model/told.ts';

const columns = 80;
const rows = 24;

/** Lines of JSON; silences that were shortened are markers, which players can stop or jump at. */
export function* castLines(
  { title, startedAt, happenings }: Recording,
  timeline: Timeline,
  speed: number,
  palette: Palette,
): Generator<string> {
  const seconds = (filmMs: number) => Math.round((filmMs / speed) * 1_000) / 1_000_000;
  yield safeJson({
    version: 2,
    width: columns,
    height: rows,
    timestamp: Math.floor(startedAt / 1_000),
    duration: seconds(timeline.durationMs),
    title,
    env: { TERM: 'xterm-256color' },
  });
  for (const [index, due] of timeline.dueMs.entries()) {
    for (const told of toldAt(happenings, timeline, index)) {
      if (told.kind === 'silence') yield safeJson([seconds(due), 'm', wordsFor(told)]);
      yield safeJson([seconds(due), 'o', `${safeText(renderTold(told, palette))}\r\n`]);
    }
  }
}
