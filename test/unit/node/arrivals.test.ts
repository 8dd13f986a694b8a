import { beforeEach, describe, expect, it } from 'vitest';
import { Arrivals, arrivalLimits } from '../../../src/node/arrivals.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const { burst, perSecond, waitMsMax } = arrivalLimits;
let clock: ManualClock;
let arrivals: Arrivals;
let cid: number;

beforeEach(() => {
  clock = new ManualClock();
  arrivals = new Arrivals(clock);
  cid = 0;
});

const place = () => ({ server: 'A', cid: ++cid });
const user = (name: string, origin = '10.0.0.1') =>
  arrivals.heard({ introduction: { as: 'user', user: name, position: 0 }, origin, place: place() });
const guest = (origin: string) =>
  arrivals.heard({ introduction: { as: 'guest', guest: `g-${cid}` }, origin, place: place() });
const often = (knock: () => number | undefined, times: number) => Array.from({ length: times }, knock);

describe('arrivals', () => {
  it('wait for nothing until there are many, then each for longer, and at last there is no answer', () => {
    expect(often(() => user('u-1'), burst)).toEqual(Array(burst).fill(0));
    const waits = often(() => user('u-1'), 100);
    const given = waits.filter((waitMs) => waitMs !== undefined);
    expect(given).toEqual(given.toSorted((a, b) => a - b));
    expect(given[0]).toBeGreaterThan(0);
    expect(given.at(-1)).toBeLessThanOrEqual(waitMsMax);
    expect(given.length).toBeLessThan((perSecond * waitMsMax) / 1_000 + 2);
    expect(waits.at(-1)).toBeUndefined();
  });

  it('are let in again at the rate, however many were turned away', async () => {
    often(() => user('u-1'), 1_000);
    await clock.advance(2_000);
    expect(user('u-1')).toBe(0);
  });

  it('of one address or user keep out nobody else: the name of a user can be said by anybody', () => {
    often(() => user('u-1', '10.0.0.1'), 1_000);
    expect(user('u-1', '10.0.0.2')).toBe(0);
    expect(user('u-2', '10.0.0.1')).toBe(0);
    expect(guest('10.0.0.1')).toBe(0);
  });

  it('of guests count together by their address, whatever they call themselves', () => {
    often(() => guest('10.0.0.1'), 1_000);
    expect(guest('10.0.0.1')).toBeUndefined();
    expect(guest('10.0.0.2')).toBe(0);
  });

  it('are found again by the user they spoke of, the latest first', () => {
    often(() => user('u-1'), 40);
    expect(arrivals.of('u-1')).toHaveLength(32);
    expect(arrivals.of('u-1')[0]).toEqual({ server: 'A', cid: 40 });
    expect(arrivals.of('u-2')).toEqual([]);
  });
});
