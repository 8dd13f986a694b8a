/** Playing back what was said, with its pauses, as it is read: however long a session is, a page of it is in memory. */
import type { Clock } from '../ports/clock.ts';

export interface Pace {
  /** How many times as fast; above 0. */
  readonly speed: number;
  /** No pause is longer than this as it is played. */
  readonly maxGapMs: number;
}

export interface Played<T> {
  readonly message: T;
  /** Since the first one, as it was. */
  readonly offsetMs: number;
}

/**
 * Each message when it is due. What one is late by is not added to the next: every wait is measured from the start, which
 * is when the first message came. After an abort nothing comes any more.
 */
export async function* played<T extends { readonly at: number }>(
  messages: AsyncIterable<T>,
  { speed, maxGapMs }: Pace,
  clock: Clock,
  signal?: AbortSignal,
): AsyncGenerator<Played<T>> {
  let first: { readonly at: number; readonly startedMs: number } | undefined;
  let lastAt = 0;
  let dueMs = 0;
  for await (const message of messages) {
    first ??= { at: message.at, startedMs: clock.monotonicMs() };
    if (lastAt > 0) dueMs += Math.min((message.at - lastAt) / speed, maxGapMs);
    lastAt = message.at;
    await waitUntil(first.startedMs + dueMs, clock, signal);
    if (signal?.aborted) return;
    yield { message, offsetMs: message.at - first.at };
  }
}

/** Longer than a timer of the system can wait is waited in parts. */
const timerMsMax = 2 ** 31 - 1;

/** @param atMs by the clock's monotonic time. */
export async function waitUntil(atMs: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  for (
    let leftMs = atMs - clock.monotonicMs();
    leftMs > 0 && !signal?.aborted;
    leftMs = atMs - clock.monotonicMs()
  ) {
    await new Promise<void>((resolve) => {
      const done = () => {
        clock.clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = clock.setTimeout(done, Math.min(Math.ceil(leftMs), timerMsMax));
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
