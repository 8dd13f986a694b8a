/** Writes the history, a line an event, as things happen: what is written survives whatever becomes of this process. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { type HistoryEvent, writeEvent } from '../../src/checkers/history.ts';
import type { Book } from '../../src/recording/scribe.ts';

/** Of the machine's monotonic clock: processes that write one history, a line each, mean the same by it. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Recorder implements Book {
  readonly path: string;
  readonly #file: number;
  readonly #acknowledgedMs: number[] = [];

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'a');
  }

  /** When sends were acknowledged. */
  get acknowledgedMs(): readonly number[] {
    return this.#acknowledgedMs;
  }

  nowMs(): number {
    return nowMs();
  }

  write(event: HistoryEvent): void {
    writeSync(this.#file, writeEvent(event));
    // Of all that is answered only messages have a session.
    if (event.type === 'complete' && event.outcome === 'ok' && event.result.session !== undefined)
      this.#acknowledgedMs.push(event.completed_ms);
  }

  close(): void {
    closeSync(this.#file);
  }
}
