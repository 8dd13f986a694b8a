import { beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/events/domain.ts';
import { appendFrame } from '../../../src/replication/append.ts';
import { emptyTail, tailOf } from '../../../src/replication/tail.ts';
import { frameAfter } from '../../support/frame-chain.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type Fate, MemoryOrderedLog } from '../../support/memory-ordered-log.ts';
import { turn } from '../../support/turns.ts';

const quiet: DomainEvent = { type: 'SessionQuieted', at: 1, data: { session: 's-1' } };
const frame = frameAfter(emptyTail, [quiet], { generation: 1, epoch: 4, number: 9 });

/** Nothing stands before it. */
const first = { tail: emptyTail, tailSequence: 0 };

let log: MemoryOrderedLog;
let clock: ManualClock;
let wanted: boolean;
/** What came of the last append; undefined as long as it goes on. */
let outcome: string | undefined;

beforeEach(() => {
  log = new MemoryOrderedLog();
  clock = new ManualClock();
  wanted = true;
});

/** Appends the frame at sequence 1 with broker's answers as told, while time passes. */
async function append(...fates: Fate[]): Promise<string | undefined> {
  log.fates = [...fates];
  outcome = undefined;
  void appendFrame(log, frame, 1, first, clock, () => wanted).then(
    (known) => {
      outcome = known;
    },
    (error: Error) => {
      outcome = `threw ${error.message}`;
    },
  );
  await turn();
  for (let retry = 0; retry < fates.length; retry++) await clock.advance(50);
  return outcome;
}

describe('appending a frame (P1, P3)', () => {
  const outcomes: [Fate[], string, attempts: number][] = [
    [['stored'], 'stored', 1],
    [['stored unheard'], 'stored', 1],
    [['lost', 'stored'], 'stored', 2],
    [['lost', 'lost', 'stored unheard'], 'stored', 3],
    [['late', 'stored'], 'stored', 2],
    [['late', 'lost'], 'stored', 2],
    [['overtaken'], 'lost', 1],
    [['lost', 'overtaken'], 'lost', 2],
  ];

  it.each(outcomes)('that is %j ends as %s after %d attempts', async (fates, expected, attempts) => {
    expect(await append(...fates)).toBe(expected);
    expect(log.attempts).toHaveLength(attempts);
  });

  it('stores it once, however often it was sent', async () => {
    await append('late', 'lost', 'stored');
    expect(await log.last()).toBe(1);
    expect(await log.read(1)).toEqual(frame.bytes);
  });

  it('sends the very same bytes under the same name each time, and never to another place', async () => {
    await append('lost', 'lost', 'stored unheard');
    expect(log.attempts).toEqual(
      Array.from({ length: 3 }, () => ({ bytes: frame.bytes, number: 1, id: `1:4:9:${frame.hash}` })),
    );
  });

  it('is given up when it is not wanted any more, and the outcome stays unknown', async () => {
    log.fates = ['lost', 'lost'];
    const appended = appendFrame(log, frame, 1, first, clock, () => wanted);
    await turn();
    wanted = false;
    await clock.advance(50);
    expect(await appended).toBe('abandoned');
    expect(log.attempts).toHaveLength(1);
  });

  it('goes on when the place cannot be looked at', async () => {
    const { read } = log;
    let broken = true;
    log.read = (number) => (broken ? Promise.reject(new Error('no server')) : read.call(log, number));
    expect(await append('stored unheard', 'stored', 'stored')).toBeUndefined();
    broken = false;
    await clock.advance(50);
    expect(outcome).toBe('stored');
  });

  it('goes on trying as long as the log is shorter than it must be', async () => {
    const appended = appendFrame(log, frame, 3, first, clock, () => wanted);
    await clock.advance(500);
    expect(log.attempts.length).toBeGreaterThan(5);
    await log.append(Buffer.from('1'), 1);
    await log.append(Buffer.from('2'), 2);
    await clock.advance(50);
    expect(await appended).toBe('stored');
  });

  it('is not sent again on top of another leader’s frame, where the log lost its end meanwhile', async () => {
    const mine = frameAfter(emptyTail, [quiet], { generation: 1, epoch: 4, number: 1 });
    const others = frameAfter(emptyTail, [quiet], { generation: 1, epoch: 5, number: 1 });
    const next = frameAfter(tailOf(mine), [quiet], { generation: 1, epoch: 4, number: 2 });
    await log.append(others.bytes, 1);
    log.fates = ['lost', 'stored'];
    const appended = appendFrame(log, next, 2, { tail: tailOf(mine), tailSequence: 1 }, clock, () => true);
    expect(await appended).toBe('lost');
    expect(await log.last()).toBe(1);
  });

  it('does not hide a mistake that is none of the log’s', async () => {
    log.append = () => Promise.reject(new TypeError('a mistake'));
    expect(await append()).toBe('threw a mistake');
  });

  // It tries for as long as it is wanted, and a campaign is wanted until somebody else says otherwise.
  it('does not go on when the log is gone', async () => {
    log.lose('deleted');
    await append();
    await clock.advance(1_000);
    expect(outcome).toBe('threw the stream is gone');
  });
});
