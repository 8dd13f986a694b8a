import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Attempt, Attempts, attemptOf } from '../../../src/service/attempts.ts';

const waitMsMax = 4_000;
let nowMs: number;
let attempts: Attempts;

beforeEach(() => {
  nowMs = 0;
  attempts = new Attempts(() => nowMs);
});

let ids = 0;
/** Waits as long as it is told to. @returns how long that was, in all. */
function waitFor(attempt: Attempt): number {
  const begunMs = nowMs;
  for (;;) {
    const waitMs = attempts.begin(attempt);
    if (waitMs === 0) return nowMs - begunMs;
    nowMs += waitMs;
  }
}
function tryOnce(connection: string, name: string | undefined, isRight: boolean): number {
  const attempt = { connection, id: `c-${++ids}`, name };
  const waitedMs = waitFor(attempt);
  attempts.ended(attempt, isRight);
  return waitedMs;
}
const tryTimes = (count: number, connection: string, name?: string) =>
  Array.from({ length: count }, () => tryOnce(connection, name, false));

describe('attempts', () => {
  it('of one connection wait longer and longer after the third that was wrong, up to a bound', () => {
    expect(tryTimes(8, 'g-1')).toEqual([0, 0, 0, 500, 1_000, 2_000, 4_000, 4_000]);
    expect(tryTimes(1, 'g-2')).toEqual([0]);
  });

  it('on one name wait longer and longer after the tenth that was wrong, whoever tries', () => {
    const waits = Array.from({ length: 15 }, (_, index) => tryOnce(`g-${index}`, 'alice', false));
    expect(waits.slice(0, 10)).toEqual(Array(10).fill(0));
    expect(waits.slice(10)).toEqual([500, 1_000, 2_000, 4_000, 4_000]);
    expect(tryOnce('g-x', 'bob', true)).toBe(0);
  });

  it('with the right password get in within the bound, however many others try, and begin anew then', () => {
    for (let index = 0; index < 500; index++) {
      const attempt = { connection: `g-${index}`, id: 'c', name: 'alice' };
      while (attempts.begin(attempt) > 0) nowMs += 1; // in its own good time
      attempts.ended(attempt, false);
    }
    for (let index = 0; index < 500; index++)
      attempts.begin({ connection: `h-${index}`, id: 'c', name: 'alice' });
    expect(tryOnce('the-owner', 'alice', true)).toBeLessThanOrEqual(waitMsMax);
    expect(tryOnce('the-owner', 'alice', true)).toBe(0);
  });

  it('of somebody who is logged in do not wait for what others try on the name', () => {
    for (let index = 0; index < 50; index++) tryOnce(`g-${index}`, 'alice', false);
    expect(tryOnce('u-alice', undefined, true)).toBe(0);
  });

  it('of one client do not wait for those of another, until they guessed too often together', () => {
    const change = { type: 'ChangePassword', password: 'x', newPassword: 'y', tokenHash: 'z' } as const;
    const tryAs = (client: string) => {
      const attempt = attemptOf({ id: 'u-1', client }, { ...change, id: `c-${++ids}` });
      const waitedMs = waitFor(attempt);
      attempts.ended(attempt, false);
      return waitedMs;
    };
    expect(Array.from({ length: 5 }, () => tryAs('c-1'))).toEqual([0, 0, 0, 500, 1_000]);
    expect(tryAs('c-2')).toBe(0);
    expect(Array.from({ length: 6 }, (_, index) => tryAs(`d-${index}`))).toEqual([0, 0, 0, 0, 500, 1_000]);
    expect(tryOnce('g-1', 'u-1', false)).toBe(0);
  });

  it('wait once, however often they are sent, and no shorter by another id in between', () => {
    tryTimes(5, 'g-1');
    const attempt = { connection: 'g-1', id: 'a', name: undefined };
    expect(attempts.begin(attempt)).toBe(2_000);
    nowMs += 1_500;
    expect(attempts.begin(attempt)).toBe(500);
    expect(attempts.begin({ ...attempt, id: 'b' })).toBe(2_000);
    nowMs += 500;
    expect(attempts.begin(attempt)).toBe(2_000);
  });

  it('of one connection are made one after the other', () => {
    const [one, other] = ['a', 'b'].map((id) => ({ connection: 'g-1', id, name: undefined })) as [
      Attempt,
      Attempt,
    ];
    expect(attempts.begin(one)).toBe(0);
    expect(attempts.begin(other)).toBeGreaterThan(0);
    attempts.ended(one, undefined);
    expect(attempts.begin(other)).toBe(0);
  });

  it('are forgiven with time', () => {
    tryTimes(5, 'g-1');
    nowMs += 3 * 60_000;
    expect(tryTimes(2, 'g-1')).toEqual([0, 500]);
  });

  it('are forgiven with what was forgotten for too many others, and then nothing grows', () => {
    for (let index = 0; index < 30_000; index++) tryOnce(`g-${index}`, `name${index}`, false);
    expect(tryTimes(4, 'g-0')).toEqual([0, 0, 0, 500]);
  });

  it('never wait longer than the bound, whatever happened', () => {
    const tried = fc.record({
      connection: fc.constantFrom('a', 'b', 'c'),
      name: fc.option(fc.constantFrom('alice', 'bob'), { nil: undefined }),
      isRight: fc.option(fc.boolean(), { nil: undefined }),
      afterMs: fc.nat({ max: 90_000 }),
    });
    fc.assert(
      fc.property(fc.array(tried, { maxLength: 60, size: 'max' }), (list) => {
        attempts = new Attempts(() => nowMs);
        for (const { connection, name, isRight, afterMs } of list) {
          nowMs += afterMs;
          const attempt = { connection, id: `c-${++ids}`, name };
          expect(waitFor(attempt)).toBeLessThanOrEqual(waitMsMax);
          attempts.ended(attempt, isRight);
        }
      }),
    );
  });
});
