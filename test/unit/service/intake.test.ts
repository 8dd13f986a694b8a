import { beforeEach, describe, expect, it } from 'vitest';
import { Intake, intakeLimits } from '../../../src/service/intake.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const { commandsPerSecond, commandsBurst, waitingMax, waitingBytesMax, requestsBurst } = intakeLimits;
let clock: ManualClock;
let banished: string[];
let intake: Intake;
let taken: string[];

beforeEach(() => {
  clock = new ManualClock();
  banished = [];
  taken = [];
  intake = new Intake({ clock, banish: (speaker) => banished.push(speaker) });
});

const offer = (speaker: string, commands: number, sizeBytes = 100) =>
  intake.offer(speaker, sizeBytes, () => {
    taken.push(speaker);
    return commands;
  });
const takenBy = (speaker: string) => taken.filter((taker) => taker === speaker).length;

describe('the intake', () => {
  it('takes everything at once from somebody who is alone', () => {
    for (let request = 0; request < 100; request++) expect(offer('a', 256)).toBe('taken');
    expect(takenBy('a')).toBe(100);
  });

  it('a sign of life makes no company', () => {
    for (let request = 0; request < 20; request++) {
      offer('b', 0);
      offer('a', 256);
    }
    expect(takenBy('a')).toBe(20);
  });

  it('among others each has a rate, and what is faster waits its turn; nobody else waits for it', async () => {
    offer('b', 1);
    for (let request = 0; request < 40; request++) {
      expect(offer('a', 256)).toBe('taken');
      offer('b', 1);
    }
    expect(takenBy('b')).toBe(41);
    const atOnce = takenBy('a');
    expect(atOnce).toBeLessThanOrEqual(Math.ceil(commandsBurst / 256) + 1);
    for (let ms = 0; ms < 1_000; ms += 50) {
      await clock.advance(50);
      offer('b', 1);
    }
    expect(takenBy('a') - atOnce).toBeLessThanOrEqual(Math.ceil(commandsPerSecond / 256) + 1);
    expect(takenBy('a') - atOnce).toBeGreaterThanOrEqual(Math.floor(commandsPerSecond / 256) - 2);
  });

  it('is open again to somebody whom the others have left', async () => {
    offer('b', 1);
    for (let request = 0; request < 40; request++) offer('a', 256);
    await clock.advance(2_500);
    expect(takenBy('a')).toBe(40);
  });

  it('puts off who lets too much wait, in number or in size', () => {
    offer('b', 1);
    const accepted = Array.from({ length: 200 }, () => offer('a', 500)).filter(
      (outcome) => outcome === 'taken',
    ).length;
    expect(accepted).toBeLessThanOrEqual(waitingMax + 2 * Math.ceil(commandsBurst / 500));
    offer('c', commandsBurst + 1);
    expect(offer('c', 1, waitingBytesMax + 1)).toBe('put-off');
    expect(banished).toEqual([]);
  });

  it('banishes who asks more than any client needs, and no one else', () => {
    for (let request = 0; request <= requestsBurst; request++) offer('a', 0, 0);
    expect(offer('a', 0, 0)).toBe('ignored');
    expect(takenBy('a')).toBe(requestsBurst);
    offer('b', 1);
    expect(banished).toEqual(['a']);
  });
});
