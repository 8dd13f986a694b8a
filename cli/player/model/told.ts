/** What every player shows of a happening: itself, and the silence after it where that is not played in full. */
import type { Happening, Silence } from './recording.ts';
import type { Timeline } from './timeline.ts';

export type Told = Happening | Silence;

export function toldAt(happenings: readonly Happening[], timeline: Timeline, index: number): readonly Told[] {
  const happening = happenings[index]!;
  const lengthMs = timeline.shortenedAfter(index);
  return lengthMs === undefined ? [happening] : [happening, { kind: 'silence', lengthMs }];
}
