/**
 * Walking back through what was said, newest first: one session's history row by row, then the session before it.
 *
 * Each step is a look at the disk or at a frame at hand, and the second kind never lets anybody else have a turn: so
 * after some milliseconds a walk waits for everything that has arrived meanwhile.
 */
import type { NodeStore } from '../log/port.ts';
import type { Clock } from '../ports/clock.ts';
import { numberKey } from '../projections/rows.ts';
import type { StoredEvent } from '../projections/stored.ts';
import { history } from '../projections/tables.ts';
import type { Frames } from './frames.ts';

const rowsPerLook = 64;
/** A heartbeat is due every 100 ms, and everybody's answers go through the same thread. */
const sliceMs = 3;

export class Walks {
  readonly #store: NodeStore;
  readonly #frames: Frames;
  readonly #clock: Clock;

  constructor(store: NodeStore, frames: Frames, clock: Clock) {
    this.#store = store;
    this.#frames = frames;
    this.#clock = clock;
  }

  /** The events of a session before a position, or all, newest first. */
  async *back(session: string, before: number | null): AsyncGenerator<StoredEvent> {
    const pause = this.pauses();
    let upTo = before === null ? lastKey : numberKey(await this.#frameOf(before));
    for (;;) {
      const range = { from: history.key(session, ''), to: history.key(session, upTo) };
      const rows = await this.#store.rangeRows({ ...range, limit: rowsPerLook, reverse: true });
      for (const [key, text] of rows) {
        const frame = Number(history.rest(key, session));
        for (const position of (JSON.parse(text) as number[]).toReversed()) {
          // rows of that table
          if (before !== null && position >= before) continue;
          await pause();
          yield await this.#frames.event(position, frame);
        }
        upTo = numberKey(frame - 1);
      }
      if (rows.length < rowsPerLook) return;
    }
  }

  /** @returns what is to be awaited in every turn of a long loop. */
  pauses(): () => Promise<void> | undefined {
    const clock = this.#clock;
    let sinceMs = clock.monotonicMs();
    return () => {
      if (clock.monotonicMs() - sinceMs < sliceMs) return undefined;
      return new Promise((resolve) =>
        clock.soon(() => {
          sinceMs = clock.monotonicMs();
          resolve();
        }),
      );
    };
  }

  /** The frame that holds a position, or the last one before it. */
  async #frameOf(position: number): Promise<number> {
    const last = await this.#store.last();
    return last === 0 ? 0 : await this.#frames.holding(Math.max(1, position), last);
  }
}

/** Sorts after every number. */
const lastKey = '~';
