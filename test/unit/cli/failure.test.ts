import { describe, expect, it } from 'vitest';
import { failureFrom, Refusal, UsageError } from '../../../cli/failure.ts';
import { Refused, Unanswered } from '../../../src/client/errors.ts';

describe('how a failure is told', () => {
  it.each([
    [new Refused('name-taken', 'Taken.'), { status: 1, code: 'name-taken', message: 'Taken.' }],
    [new Refusal('not-logged-in', 'No.'), { status: 1, code: 'not-logged-in', message: 'No.' }],
    [new UsageError('no such thing'), { status: 2, code: 'usage', message: 'no such thing' }],
    [new Unanswered('not-sent', 'no leader'), { status: 3, code: 'not-sent', message: 'no leader' }],
    [new Error('unforeseen'), { status: 1, code: 'failed', message: 'unforeseen' }],
    ['thrown', { status: 1, code: 'failed', message: 'thrown' }],
  ])('%s', (error, failure) => {
    expect(failureFrom(error)).toEqual(failure);
  });

  it('an unknown outcome is never called a failure, and names its command (P6)', () => {
    const told = failureFrom(new Unanswered('unknown', 'nobody answered in time', { id: 'm-1' }));
    expect(told).toEqual({
      status: 3,
      code: 'outcome-unknown',
      id: 'm-1',
      message: expect.stringContaining('may have happened or not'),
    });
  });
});
