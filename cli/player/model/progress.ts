/** The progress bar as numbers: how much happened in each of its cells, and how far the film is. */
import type { Timeline } from './timeline.ts';

export interface Cell {
  /** How many things happened in this part of the film. */
  readonly count: number;
  /** A part of a silence that is played shorter than it was. */
  readonly isSilence: boolean;
}

export function progressCells(timeline: Timeline, width: number): Cell[] {
  const cells = Array.from({ length: width }, () => ({ count: 0, isSilence: false }));
  const { dueMs } = timeline;
  for (const [index, due] of dueMs.entries()) {
    const cell = cellAt(timeline, due, width);
    cells[cell]!.count += 1;
    if (timeline.shortenedAfter(index) === undefined) continue;
    const next = cellAt(timeline, dueMs[index + 1]!, width);
    for (let between = cell + 1; between < next; between++) cells[between]!.isSilence = true;
  }
  return cells;
}

/** The cell that a time of the film lies in. */
export function cellAt({ durationMs }: Timeline, filmMs: number, width: number): number {
  return durationMs === 0 ? 0 : Math.min(Math.floor((filmMs / durationMs) * width), width - 1);
}
