import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../../src/events/limits.ts';
import { commandLimits, Intake, questionLimits, waitingLimits } from '../../../src/service/intake.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const { perSecond, burst, requestsPerSecond, requestsBurst } = commandLimits;
/** The most that a request holds. */
const most = limits.commandsPerRequestMax;
let clock: ManualClock;
let banished: string[];
let intake: Intake;
let taken: string[];

const banish = (speaker: string) => {
  banished.push(speaker);
};

beforeEach(() => {
  clock = new ManualClock();
  banished = [];
  taken = [];
  intake = new Intake({ clock, limits: commandLimits, banish });
});

const offer = (speaker: string, commands: number, sizeBytes = 100) =>
  intake.offer(speaker, sizeBytes, () => {
    taken.push(speaker);
    return commands;
  });
const takenBy = (speaker: string) => taken.filter((taker) => taker === speaker).length;

describe('the intake', () => {
  it('takes what one client has under way at once from somebody who is alone, and the rest nearly so', async () => {
    for (let request = 0; request < 250; request++) expect(offer('a', most)).toBe('taken');
    expect(takenBy('a')).toBeGreaterThanOrEqual(limits.requestsUnderWayMax);
    expect(takenBy('a')).toBeLessThan(50); // while those are decided nothing else is done
    await clock.advance(600);
    expect(takenBy('a')).toBe(250);
  });

  it('a sign of life makes no company', () => {
    for (let request = 0; request < 10; request++) {
      offer('b', 0);
      offer('a', 200);
    }
    expect(takenBy('a')).toBe(10);
  });

  it('among others each has a rate, and what is faster waits its turn; nobody else waits for it', async () => {
    offer('b', 1);
    for (let request = 0; request < 40; request++) {
      expect(offer('a', most)).toBe('taken');
      offer('b', 1);
    }
    expect(takenBy('b')).toBe(41);
    const atOnce = takenBy('a');
    expect(atOnce).toBeLessThanOrEqual(Math.ceil(burst / most) + 1);
    for (let ms = 0; ms < 1_000; ms += 50) {
      await clock.advance(50);
      offer('b', 1);
    }
    expect(takenBy('a') - atOnce).toBeLessThanOrEqual(Math.ceil(perSecond / most) + 1);
    expect(takenBy('a') - atOnce).toBeGreaterThanOrEqual(Math.floor(perSecond / most) - 2);
  });

  it('is open again to somebody whom the others have left', async () => {
    offer('b', 1);
    for (let request = 0; request < 40; request++) offer('a', most);
    await clock.advance(1_300);
    expect(takenBy('a')).toBe(40); // it would have taken two and a half seconds
  });

  it('where there is other work too, who is alone has no more than others have', async () => {
    intake = new Intake({ clock, limits: questionLimits, banish });
    for (let question = 0; question < 200; question++) expect(offer('a', 1)).toBe('taken');
    expect(takenBy('a')).toBeLessThanOrEqual(questionLimits.burst + 1);
    await clock.advance(1_000);
    expect(takenBy('a')).toBe(200);
  });

  it('puts off who lets too much wait, in number or in size', () => {
    offer('b', 1);
    const outcomes = Array.from({ length: 300 }, () => offer('a', 500));
    const accepted = outcomes.filter((outcome) => outcome === 'taken').length;
    expect(accepted).toBeLessThanOrEqual(waitingLimits.max + Math.ceil(burst / 500) + 1);
    expect(new Set(outcomes)).toEqual(new Set(['taken', 'put-off']));
    offer('c', burst + 1);
    expect(offer('c', 1, waitingLimits.bytesMax / 2)).toBe('taken'); // it waits
    expect(offer('c', 1, waitingLimits.bytesMax)).toBe('ignored'); // as large as many
    expect(banished).toEqual(['c']);
  });

  it('takes nothing more of a sender until it is known what the last request held', async () => {
    let known = (_: number) => {};
    const ask = () =>
      intake.offer('a', 100, () => {
        taken.push('a');
        return new Promise<number>((resolve) => {
          known = resolve;
        });
      });
    offer('b', 1);
    for (let request = 0; request < 3; request++) expect(ask()).toBe('taken');
    await clock.advance(500);
    expect(takenBy('a')).toBe(1);
    expect(offer('b', 1)).toBe('taken');
    expect(takenBy('b')).toBe(2);
    known(1);
    await clock.advance(10);
    expect(takenBy('a')).toBe(2);
    offer('b', 1);
    known(2 * burst); // as much as that is paid for before the next
    await clock.advance(10);
    expect(takenBy('a')).toBe(2);
    for (let ms = 0; ms < 200; ms += 50) {
      offer('b', 1);
      await clock.advance(50);
    }
    expect(takenBy('a')).toBe(3);
  });

  it('banishes who does not care, drops what it had waiting, and looks at nothing of it for a while', async () => {
    while (offer('a', 0, 0) !== 'ignored');
    expect(takenBy('a')).toBe(requestsBurst);
    await clock.advance(500);
    expect(offer('a', 0, 0)).toBe('ignored');
    expect(takenBy('a')).toBe(requestsBurst);
    expect(banished).toEqual(['a']); // once
    offer('b', 1);
    await clock.advance(1_000);
    expect(offer('a', 0, 0)).toBe('taken');
    expect(takenBy('b')).toBe(1);
  });

  it.each([
    ['commands', commandLimits, true],
    ['commands, while nobody else is there', commandLimits, false],
    ['questions', questionLimits, true],
  ])('never banishes nor puts off those who wait for their answers: %s', async (_, kind, hasCompany) => {
    intake = new Intake({ clock, limits: kind, banish });
    const connectionsMax = 32; // of one user; each of its requests is followed by another as soon as it is taken
    let count = 0;
    const ask = () => {
      const outcome = intake.offer('a', 200, () => {
        count += 1;
        clock.setTimeout(ask, 0);
        return 1;
      });
      expect(outcome).toBe('taken');
    };
    for (let request = 0; request < connectionsMax * limits.requestsUnderWayMax; request++) ask();
    for (let ms = 0; ms < 2_000; ms += 10) {
      if (hasCompany) offer('b', 1, 0);
      await clock.advance(10);
    }
    expect(banished).toEqual([]);
    const rate = hasCompany ? kind.perSecond : Math.min(kind.alonePerSecond, requestsPerSecond);
    expect(count).toBeGreaterThan(rate * 1.5);
    expect(intake.offer('a', 200, () => 1)).not.toBe('ignored');
  });
});
