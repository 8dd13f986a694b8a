/** The history of a world, in memory, by its own time. */
import type { HistoryEvent } from '../checkers/history.ts';
import type { Book } from '../recording/scribe.ts';
import type { Timeline } from './timeline.ts';

export class History implements Book {
  readonly events: HistoryEvent[] = [];
  readonly #timeline: Timeline;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  nowMs(): number {
    return this.#timeline.nowMs;
  }

  write(event: HistoryEvent): void {
    this.events.push(event);
  }
}
