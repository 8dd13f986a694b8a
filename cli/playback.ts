/** Playing a session back: when each message is shown. Pure, but for the waiting itself. */
import { Timeline } from './player/model/timeline.ts';
import type { Said } from './render/messages.ts';

/** A moment of a session: a time of day, or how long after its first message. */
export type Moment = { readonly at: number } | { readonly offsetMs: number };

export interface Pace {
  readonly speed: number;
  /** No pause is longer than this as it is played. */
  readonly maxGapMs: number;
  readonly from?: Moment;
  readonly to?: Moment;
}

export interface Cue {
  readonly message: Said;
  /** Since the session began, with its first message or with a group's opening, as it was. */
  readonly offsetMs: number;
  /** Since the first message shown, as it is played. */
  readonly dueMs: number;
}

export function cuesOf(messages: readonly Said[], { speed, maxGapMs, from, to }: Pace): Cue[] {
  const startedAt = messages[0]?.at ?? 0;
  const shown = cut(messages, firstSaidAt(messages) ?? startedAt, from, to);
  const offsetsMs = shown.map(({ at }) => at - startedAt);
  const { dueMs } = new Timeline(offsetsMs, maxGapMs * speed);
  return shown.map((message, index) => ({
    message,
    offsetMs: offsetsMs[index]!,
    dueMs: dueMs[index]! / speed,
  }));
}

/** Offsets that people name count from there: a group may have been opened long before. */
export function firstSaidAt(entries: readonly Pick<Said, 'at' | 'kind'>[]): number | undefined {
  return entries.find(({ kind = 'message' }) => kind === 'message')?.at;
}

/** What happened from one moment to another. */
export function cut<T extends { readonly at: number }>(
  happened: readonly T[],
  startedAt: number,
  from: Moment | undefined,
  to: Moment | undefined,
): T[] {
  const first = from ? timeOf(from, startedAt) : Number.NEGATIVE_INFINITY;
  const last = to ? timeOf(to, startedAt) : Number.POSITIVE_INFINITY;
  return happened.filter(({ at }) => at >= first && at <= last);
}

/** Shows each cue when it is due; every wait is measured from the start, so that lateness does not add up. */
export async function play<C extends Pick<Cue, 'dueMs'>>(
  cues: readonly C[],
  show: (cue: C) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  for (const cue of cues) {
    await waitUntil(startedMs + cue.dueMs, signal);
    if (signal?.aborted) return;
    await show(cue);
  }
}

/** Longer than a timer of the system can wait is waited in parts. */
const timerMsMax = 2 ** 31 - 1;

async function waitUntil(dueMs: number, signal: AbortSignal | undefined): Promise<void> {
  for (
    let leftMs = dueMs - performance.now();
    leftMs > 0 && !signal?.aborted;
    leftMs = dueMs - performance.now()
  ) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(Math.ceil(leftMs), timerMsMax));
      signal?.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
    });
  }
}

function timeOf(moment: Moment, startedAt: number): number {
  return 'at' in moment ? moment.at : startedAt + moment.offsetMs;
}
