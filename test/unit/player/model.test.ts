import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetFrom, positionText, timeOfDay } from '../../../cli/player/model/moment.ts';
import { cellAt, progressCells } from '../../../cli/player/model/progress.ts';
import { lengthInWords, wordsFor } from '../../../cli/player/model/recording.ts';
import { Timeline } from '../../../cli/player/model/timeline.ts';
import { presenceOf } from '../../../cli/player/record.ts';

describe('the two times of a film', () => {
  it('are the same where no silence is too long', () => {
    const timeline = new Timeline([0, 1_000, 5_000], Number.POSITIVE_INFINITY);
    expect(timeline.dueMs).toEqual([0, 1_000, 5_000]);
    expect(timeline.filmAt(3_000)).toBe(3_000);
    expect(timeline.shortenedAfter(1)).toBeUndefined();
  });

  it('differ in a silence that is shortened, evenly', () => {
    const timeline = new Timeline([0, 1_000, 101_000], 2_000);
    expect(timeline.dueMs).toEqual([0, 1_000, 3_000]);
    expect(timeline.filmAt(51_000)).toBe(2_000);
    expect(timeline.offsetAt(2_000)).toBe(51_000);
    expect([0, 1, 2].map((index) => timeline.shortenedAfter(index))).toEqual([undefined, 100_000, undefined]);
  });

  it('lead from one to the other and back, without ever going backwards', () => {
    const offsets = fc
      .array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 20 })
      .map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        offsets,
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, longest, share) => {
          const timeline = new Timeline(all, longest);
          const filmMs = share * timeline.durationMs;
          expect(timeline.filmAt(timeline.offsetAt(filmMs))).toBeCloseTo(filmMs, 3);
          expect(timeline.countAt(filmMs)).toBe(timeline.dueMs.filter((due) => due <= filmMs).length);
        },
      ),
    );
  });

  it('exist where nothing happened at all', () => {
    const timeline = new Timeline([], 1);
    expect([timeline.durationMs, timeline.filmAt(5), timeline.offsetAt(5), timeline.countAt(5)]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

describe('the progress bar', () => {
  const timeline = new Timeline([0, 100, 1_000_000], 900);

  it('shows where something happened, what was left out, and how far the film is', () => {
    const cells = progressCells(timeline, 10);
    expect(cells.map(({ count }) => count)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(cells.flatMap(({ isSilence }, index) => (isSilence ? [index] : []))).toEqual([
      2, 3, 4, 5, 6, 7, 8,
    ]);
    expect([0, 500, 1_000].map((filmMs) => cellAt(timeline, filmMs, 10))).toEqual([0, 5, 9]);
  });

  it('has all in its first cell where there is nothing to wait for', () => {
    const moment = new Timeline([0, 0], 1);
    expect(progressCells(moment, 2)).toEqual([
      { count: 2, isSilence: false },
      { count: 0, isSilence: false },
    ]);
    expect(cellAt(moment, 0, 2)).toBe(0);
  });
});

describe('who is there', () => {
  const passage = (text: string, position: number) => ({
    kind: text.startsWith('+') ? ('came' as const) : ('went' as const),
    client: text.slice(1),
    at: position,
    position,
  });
  const seen = (...all: string[]) =>
    presenceOf(all.map(passage)).map(({ kind, position }) => `${kind} ${position}`);

  it('comes with the first client and goes with the last', () => {
    expect(seen('+a', '+b', '-a', '-b', '+a')).toEqual(['came 0', 'went 3', 'came 4']);
  });

  it('was there before, where a client goes that did not come', () => {
    expect(seen('+b', '-b', '-a', '+b')).toEqual(['went 2', 'came 3']);
    expect(seen()).toEqual([]);
  });
});

describe('moments', () => {
  const startedAt = new Date(2026, 10, 21, 19, 30, 4, 500).getTime();

  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['1:30', 90_000],
    ['61:01', 3_661_000],
    ['1:02:03', 3_723_000],
    [' 5 ', 5_000],
    ['@19:31', 55_500],
    ['@19:30:04', 0],
    ['@19:29', 86_400_000 - 64_500],
    ['', undefined],
    ['soon', undefined],
    ['1:2', undefined],
    ['-5', undefined],
  ])('reads %j as %s ms', (text, offsetMs) => {
    expect(offsetFrom(text, startedAt)).toBe(offsetMs);
  });

  it('are shown as they can be typed', () => {
    expect([0, 65_999, 3_723_000].map(positionText)).toEqual(['0:00', '1:05', '1:02:03']);
    expect(timeOfDay(startedAt)).toBe('19:30:04');
  });

  it('and lengths are said in words', () => {
    expect([0, 12_400, 60_000, 2_280_000, 7_500_000, 86_400_000 + 60_000].map(lengthInWords)).toEqual([
      '0 s',
      '12 s',
      '1 min',
      '38 min',
      '2 h 5 min',
      '1 d',
    ]);
    expect(wordsFor({ kind: 'silence', lengthMs: 60_000 })).toBe('1 min of silence');
    const done = { offsetMs: 0, name: 'alice', what: 'tea' };
    expect(
      (['opened', 'joined', 'left', 'topic'] as const).map((kind) => wordsFor({ kind, ...done })),
    ).toEqual(['alice opened the group: tea', 'alice invited tea', 'alice left', 'alice set the topic: tea']);
    expect(wordsFor({ kind: 'topic', ...done, what: '' })).toBe('alice took the topic away');
    expect(wordsFor({ kind: 'opened', ...done, what: '' })).toBe('alice opened the group');
    expect(wordsFor({ kind: 'came', offsetMs: 0, name: 'bob', what: '' })).toBe('bob came online');
  });
});
