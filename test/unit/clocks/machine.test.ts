import { describe, expect, it } from 'vitest';
import { entryFrom, lineOf, type MachineEvent } from '../../../src/labs/clocks/core/entry.ts';
import { clockMax, encodeMessage, type Message } from '../../../src/labs/clocks/core/message.ts';
import { machinesOf, type RunSettings, trialOf, usual } from '../../../src/labs/clocks/core/settings.ts';
import { Station } from '../../../src/labs/clocks/core/station.ts';
import { runVirtual } from '../../../src/labs/clocks/core/virtual.ts';
import { seeded } from '../../../src/labs/clocks/virtual-run.ts';

const trialWith = (settings: Partial<RunSettings> = {}) =>
  trialOf({ ...usual, mode: 'virtual', machines: machinesOf([1, 1, 1]), ...settings }, 1, seeded);

/** Chance that draws what it is told. */
const drawing = (...draws: number[]) => ({ next: () => draws.shift() ?? 0, bytes: () => new Uint8Array() });
const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const message: Message = { from: 'm2', event: 3, clock: 41, vector: [0, 3, 0] };

describe('a machine', () => {
  it('takes the message that has waited longest, with a clock beyond both', () => {
    const station = new Station(trialWith(), 'm1', drawing());
    expect(station.take(bytes(encodeMessage(message)), 1)).toBeUndefined();
    station.take(bytes({ ...message, event: 4, vector: [0, 4, 0], clock: 9 }), 1);
    const [first, second] = [station.tick(1, 10), station.tick(2, 20)].map(({ events: [event] }) => event);
    expect(first).toMatchObject({
      kind: 'received',
      from: { machine: 'm2', number: 3 },
      clock: 42,
      queue: 1,
      vector: [1, 3, 0],
    });
    expect(second).toMatchObject({
      from: { machine: 'm2', number: 4 },
      clock: 43,
      queue: 0,
      vector: [2, 4, 0],
    });
  });

  it.each([
    [0.69, 'internal', []],
    [0.71, 'sent', ['m2']],
    [0.81, 'sent', ['m3']],
    [0.91, 'broadcast', ['m2', 'm3']],
  ])('that draws %d does this: %s', (draw, kind, to) => {
    const { events, outgoing } = new Station(trialWith(), 'm1', drawing(draw)).tick(1, 10);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ kind, clock: 1, tick: 1 });
    expect(outgoing.map((one) => [one.to, one.message.clock])).toEqual(to.map((one) => [one, 1]));
  });

  it('stamps before the increment where it is told to, and increments for each of a broadcast', () => {
    const trial = trialWith({ stamp: 'pre', broadcast: 'two' });
    const { events, outgoing } = new Station(trial, 'm1', drawing(0.95)).tick(1, 10);
    expect(events.map(({ number, tick, clock, vector }) => [number, tick, clock, vector])).toEqual([
      [1, 1, 1, [1, 0, 0]],
      [2, 1, 2, [2, 0, 0]],
    ]);
    expect(outgoing.map((one) => [one.to, one.message.clock, one.message.event])).toEqual([
      ['m2', 0, 1],
      ['m3', 1, 2],
    ]);
  });

  it.each([
    ['no JSON', 'hello'],
    ['no UTF-8', new Uint8Array([0xff, 0xfe])],
    ['nothing', ''],
    ['a clock below zero', { ...message, clock: -1 }],
    ['a clock with a fraction', { ...message, clock: 1.5 }],
    ['a clock that cannot be counted on', { ...message, clock: clockMax + 1 }],
    ['a clock in words', { ...message, clock: '7' }],
    ['a stranger', { ...message, from: 'm9' }],
    ['another number of machines', { ...message, vector: [0, 3] }],
    ['a vector that is not of its event', { ...message, vector: [0, 4, 0] }],
    ['itself', { ...message, from: 'm1', event: 1, vector: [1, 0, 0] }],
    ['what it has not done yet', { ...message, vector: [1, 3, 0] }],
    ['a field too many', { ...message, more: 1 }],
    ['too much', 'x'.repeat(20_000)],
  ])('logs and refuses %s, and changes nothing', (_, what) => {
    const station = new Station(trialWith(), 'm1', drawing(0));
    const before = station.context;
    const refused = station.take(what instanceof Uint8Array ? what : bytes(what), 5);
    expect(refused).toMatchObject({ kind: 'refused', atMs: 5, clock: 0 });
    expect(station.context).toBe(before);
    expect(station.tick(1, 10).events[0]).toMatchObject({ kind: 'internal', queue: 0 });
    expect(entryFrom(lineOf(refused!))).toEqual(refused);
  });

  it('goes on where its log ends, and from no log in which an event is missing', () => {
    const trial = trialWith();
    const [log] = runVirtual(trial, seeded);
    const station = new Station(trial, 'm1', drawing(0));
    station.recover(log!);
    const last = log!.at(-1)!;
    expect(station.tick(last.tick + 1, 1).events[0]).toMatchObject({
      number: last.number + 1,
      clock: last.clock + 1,
    });
    const other = new Station(trial, 'm1', drawing());
    expect(() => other.recover(log!.filter(({ number }) => number !== 7))).toThrow('m1:8 does not follow');
  });
});

describe('a log line', () => {
  it('says all that its entry does', () => {
    const logs: MachineEvent[][] = runVirtual(trialWith({ broadcast: 'two', seconds: 300 }), seeded);
    for (const event of logs.flat()) expect(entryFrom(lineOf(event))).toEqual(event);
    expect(entryFrom('2000-01-01T00:00:00.000Z clock x')).toBeUndefined();
  });
});
