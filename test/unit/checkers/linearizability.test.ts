import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, linearize } from '../../../src/checkers/linearizability.ts';
import {
  corrupted,
  executions,
  fits,
  type Input,
  isLinearizable,
  type Output,
  register,
} from './registers.ts';

const read = (from: number, to: number, output: number): Call<Input, Output> => ({
  input: { do: 'read' },
  invokedMs: from,
  answer: { output, answeredMs: to },
});
const write = (from: number, to: number | undefined, value: number): Call<Input, Output> => ({
  input: { do: 'write', value },
  invokedMs: from,
  answer: to === undefined ? undefined : { output: null, answeredMs: to },
});
const swap = (
  from: number,
  to: number,
  [old, value]: [number, number],
  output: boolean,
): Call<Input, Output> => ({
  input: { do: 'swap', from: old, value },
  invokedMs: from,
  answer: { output, answeredMs: to },
});
const verdictOn = (...calls: Call<Input, Output>[]) => linearize(calls, register).is;

describe('calls are linearizable', () => {
  it.each<[string, Call<Input, Output>[]]>([
    ['when there are none', []],
    ['one after the other', [write(0, 1, 1), read(2, 3, 1), write(4, 5, 2), read(6, 7, 2)]],
    ['when a read during a write sees the old value', [write(0, 9, 1), read(1, 2, 0)]],
    ['when a read during a write sees the new value', [write(0, 9, 1), read(1, 2, 1)]],
    [
      'when reads see overlapping writes in one order',
      [write(0, 9, 1), write(0, 9, 2), read(1, 3, 1), read(4, 5, 2)],
    ],
    ['when only a later answer shows which was first', [write(0, 9, 1), write(0, 9, 2), read(10, 11, 1)]],
    [
      'when the one that was answered first took effect last',
      [write(0, 20, 1), write(5, 8, 2), read(21, 22, 2)],
    ],
    ['when one was begun at the time at which the other was answered', [write(0, 5, 1), read(5, 6, 0)]],
    ['when one without an answer never took effect', [write(0, undefined, 1), read(1, 2, 0), read(3, 4, 0)]],
    ['when one without an answer took effect late', [write(0, undefined, 1), read(1, 2, 0), read(50, 51, 1)]],
    [
      'when two without an answer took effect in turn, the later one first',
      [write(0, undefined, 1), write(1, undefined, 2), read(2, 3, 2), read(4, 5, 1)],
    ],
    [
      'when only one of two swaps of the same value succeeded',
      [swap(0, 9, [0, 1], true), swap(0, 9, [0, 2], false)],
    ],
  ])('%s', (_, calls) => {
    const verdict = linearize(calls, register);
    expect(verdict.is).toBe('linearizable');
    expect(isLinearizable(calls, register)).toBe(true);
  });
});

describe('calls are not linearizable', () => {
  it.each<[string, Call<Input, Output>[]]>([
    ['when a value is read that nobody wrote', [write(0, 1, 1), read(2, 3, 2)]],
    ['when a write that was answered is not seen', [write(0, 1, 1), read(2, 3, 0)]],
    ['when a value is seen and then the one before', [write(0, 9, 1), read(1, 2, 1), read(3, 4, 0)]],
    [
      'when two readers see two writes in different orders',
      [write(0, 20, 1), write(0, 20, 2), read(1, 2, 1), read(3, 4, 2), read(5, 6, 1)],
    ],
    ['when one is seen before it was begun', [read(0, 1, 1), write(2, 3, 1)]],
    ['when one without an answer is seen before it was begun', [read(0, 1, 1), write(2, undefined, 1)]],
    [
      'when one without an answer would have had to take effect twice',
      [write(0, undefined, 1), read(1, 2, 1), write(3, 4, 2), read(5, 6, 2), read(7, 8, 1)],
    ],
    ['when both swaps of the same value succeeded', [swap(0, 9, [0, 1], true), swap(0, 9, [0, 2], true)]],
  ])('%s', (_, calls) => {
    expect(verdictOn(...calls)).toBe('not-linearizable');
    expect(isLinearizable(calls, register)).toBe(false);
  });

  it('and it is told which calls cannot be answered so, and where that is', () => {
    const calls = [read(20, 21, 1), write(0, 1, 1), write(2, 3, 2), read(10, 22, 7)];
    expect(linearize(calls, register)).toEqual({ is: 'not-linearizable', state: 2, stuck: [3, 0] });
  });
});

const runs = { numRuns: 400 };

describe('the checker, on calls that anybody could have made', () => {
  it('accepts whatever was made one at a time, and shows an order that explains it', () => {
    fc.assert(
      fc.property(executions(40), (calls) => {
        const verdict = linearize(calls, register);
        if (verdict.is !== 'linearizable') throw new Error(verdict.is);
        expect(new Set(verdict.order).size).toBe(verdict.order.length);
        const answered = calls.flatMap(({ answer }, index) => (answer ? index : []));
        expect(verdict.order).toEqual(expect.arrayContaining(answered));
        expect(
          fits(
            verdict.order.map((index) => calls[index]!),
            register,
          ),
        ).toBe(true);
      }),
      runs,
    );
  });

  it('says of calls with one wrong answer what trying everything says', () => {
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(corrupted(6), (calls) => {
        const isFine = isLinearizable(calls, register);
        seen[`${isFine}`] += 1;
        expect(verdictOn(...calls)).toBe(isFine ? 'linearizable' : 'not-linearizable');
      }),
      runs,
    );
    expect(Math.min(seen.true, seen.false), 'both kinds came up').toBeGreaterThan(runs.numRuns / 20);
  });

  it('gives the same verdict however the calls are listed', () => {
    const both = fc.oneof(executions(12), corrupted(12));
    const shuffled = both.chain((calls) =>
      fc.tuple(fc.constant(calls), fc.shuffledSubarray(calls, { minLength: calls.length })),
    );
    fc.assert(
      fc.property(shuffled, ([calls, others]) => {
        expect(verdictOn(...others)).toBe(verdictOn(...calls));
      }),
      runs,
    );
  });
});

describe('the effort', () => {
  /** Nobody can tell in which order these were written, and the last answer fits none. */
  const hopeless = (writes: number) => [
    ...Array.from({ length: writes }, (_, value) => write(0, 10, value)),
    read(20, 21, -1),
  ];

  it('is limited, and the limit is told and is no verdict', () => {
    expect(linearize(hopeless(40), register, { maxSteps: 10_000 })).toEqual({ is: 'unknown', steps: 10_000 });
    expect(linearize([write(0, 1, 1), read(2, 3, 1)], register, { maxSteps: 1 }).is).toBe('unknown');
    expect(linearize([write(0, 1, 1), read(2, 3, 1)], register, { maxSteps: 2 }).is).toBe('linearizable');
  });

  it('is kept small by remembering: what led nowhere is not tried again in another order', () => {
    // 12! orders are half a thousand million; there are 12 * 2^11 configurations, and 13 ways at most on from each.
    expect(linearize(hopeless(12), register, { maxSteps: 400_000 }).is).toBe('not-linearizable');
  });

  it('is kept small by remembering what was assumed of calls without an answer, in whatever order', () => {
    const assumed = Array.from({ length: 10 }, (_, value) => write(0, undefined, value + 1));
    expect(linearize([...assumed, read(20, 21, -1)], register, { maxSteps: 150_000 }).is).toBe(
      'not-linearizable',
    );
  });

  it('grows with the number of calls where few overlap', () => {
    const calls = Array.from({ length: 100_000 }, (_, index) =>
      index % 2 === 0 ? write(index, index + 3, index) : read(index, index + 2, index - 1),
    );
    const verdict = linearize(calls, register, { maxSteps: 500_000 });
    expect(verdict.is).toBe('linearizable');
    const late = [...calls, read(100_010, 100_011, 5)];
    expect(linearize(late, register, { maxSteps: 1_500_000 })).toMatchObject({
      is: 'not-linearizable',
      stuck: [100_000],
    });
  });

  it('is not spent on calls without an answer that change nothing', () => {
    const idle = Array.from({ length: 200 }, () => write(0, undefined, 0));
    expect(linearize([...idle, read(1, 2, 0), read(3, 4, 1)], register, { maxSteps: 1_000 }).is).toBe(
      'not-linearizable',
    );
  });
});
