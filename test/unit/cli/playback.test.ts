import { afterEach, describe, expect, it, vi } from 'vitest';
import { cuesOf, play } from '../../../cli/playback.ts';

const start = Date.parse('2026-11-21T19:30:00Z');
const session = [0, 1_000, 1_500, 61_500].map((offset, index) => {
  return {
    id: `m-${index}`,
    session: 's-1',
    from: 'alice',
    text: `${index}`,
    at: start + offset,
    position: index + 1,
  };
});
const asItWas = { speed: 1, maxGapMs: Number.POSITIVE_INFINITY };
const due = (pace: Parameters<typeof cuesOf>[1]) => cuesOf(session, pace).map(({ dueMs }) => dueMs);

afterEach(() => {
  vi.useRealTimers();
});

describe('playing a session back (P8)', () => {
  it('keeps the original pauses', () => {
    expect(due(asItWas)).toEqual([0, 1_000, 1_500, 61_500]);
    expect(cuesOf([], asItWas)).toEqual([]);
  });

  it('goes faster, and makes long pauses shorter as they are played', () => {
    expect(due({ ...asItWas, speed: 2 })).toEqual([0, 500, 750, 30_750]);
    expect(due({ speed: 2, maxGapMs: 3_000 })).toEqual([0, 500, 750, 3_750]);
  });

  it('begins and ends at a moment, by the clock or from the start, without waiting for it', () => {
    const middle = cuesOf(session, { ...asItWas, from: { offsetMs: 1_000 }, to: { at: start + 1_500 } });
    expect(middle.map(({ dueMs, offsetMs }) => ({ dueMs, offsetMs }))).toEqual([
      { dueMs: 0, offsetMs: 1_000 },
      { dueMs: 500, offsetMs: 1_500 },
    ]);
  });

  it('measures every wait from the start, so that lateness does not add up', async () => {
    vi.useFakeTimers();
    const shown: number[] = [];
    const startedMs = performance.now();
    const playing = play(cuesOf(session, asItWas), async () => {
      shown.push(performance.now() - startedMs);
      await new Promise((resolve) => setTimeout(resolve, 100)); // a slow terminal
    });
    await vi.runAllTimersAsync();
    await playing;
    expect(shown).toEqual([0, 1_000, 1_500, 61_500]);
  });

  it('ends when it is told to', async () => {
    const ended = new AbortController();
    const shown: string[] = [];
    await play(
      cuesOf(session, asItWas),
      async ({ message }) => {
        shown.push(message.text);
        ended.abort();
      },
      ended.signal,
    );
    expect(shown).toEqual(['0']);
  });
});
