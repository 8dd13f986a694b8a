/** The progress bar as numbers: how much happened in each of its cells, and how far the film is. */
import type { Timeline } from './timeline.ts';

export interface Cell {
  /** How many things happened in this part of the film. */
  readonly count: number;
  /** A silence that is played shorter than it was begins here. */
  readonly isSilence: boolean;
  readonly isPlayed: boolean;
}

export function progressCells(timeline: Timeline, filmMs: number, width: number): Cell[] {
  const { dueMs, durationMs } = timeline;
  const cellOf = (at: number) =>
    durationMs === 0 ? 0 : Math.min(Math.floor((at / durationMs) * width), width - 1);
  const counts = new Array<number>(width).fill(0);
  const silences = new Set<number>();
  for (const [index, due] of dueMs.entries()) {
    counts[cellOf(due)]! += 1;
    if (timeline.shortenedAfter(index) === undefined) continue;
    for (let cell = cellOf(due) + 1; cell < cellOf(dueMs[index + 1]!); cell++) silences.add(cell);
  }
  const here = durationMs === 0 ? width : cellOf(filmMs);
  return counts.map((count, index) => ({
    count,
    isSilence: count === 0 && silences.has(index),
    isPlayed: index <= here,
  }));
}
