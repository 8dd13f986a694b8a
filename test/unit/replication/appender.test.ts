import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/events/domain.ts';
import type { Frame } from '../../../src/events/frame.ts';
import { limits } from '../../../src/events/limits.ts';
import { storedEvents } from '../../../src/projections/stored.ts';
import { users } from '../../../src/projections/tables.ts';
import { emptyTail, examine, tailOf } from '../../../src/replication/tail.ts';
import { anyWorld } from '../../support/histories.ts';
import { Lead } from '../../support/lead.ts';
import { foldPlainly } from '../../support/plain-rows.ts';
import { turn } from '../../support/turns.ts';
import { World } from '../../support/world.ts';

const opening = new World().commands;

const login = (number: number): DomainEvent => ({
  type: 'LoggedIn',
  at: 5_000,
  data: { user: 'u-1', tokenHash: `t${number}`, expiresAt: 99 },
});
const said = (bytes: number): DomainEvent => {
  return { type: 'MessagePosted', at: 5_000, data: { session: 's-1', from: 'u-1', text: 'x'.repeat(bytes) } };
};

let lead: Lead;

beforeEach(async () => {
  lead = await Lead.after(opening);
});

const record = (...events: DomainEvent[]) => lead.appender.record(events);
const tokensIn = (frame: Frame) =>
  frame.events().map(({ data }) => ('tokenHash' in data ? data.tokenHash : undefined));

describe('group commit', () => {
  it('has one frame in flight; what is decided meanwhile goes into the next, all of it (P1)', async () => {
    lead.log.hold();
    record(login(1));
    await turn();
    for (const number of [2, 3, 4]) record(login(number));
    await turn();
    expect(lead.log.attempts).toHaveLength(1);
    expect(lead.cut.map(tokensIn)).toEqual([['t1']]);
    lead.log.release();
    await turn();
    expect(lead.stored.map(tokensIn)).toEqual([['t1'], ['t2', 't3', 't4']]);
  });

  it('takes what is decided in one go into one frame', async () => {
    for (const number of [1, 2, 3]) record(login(number));
    await turn();
    expect(lead.stored.map(tokensIn)).toEqual([['t1', 't2', 't3']]);
  });

  it('says where each decision will stand', async () => {
    const { number, position } = lead.copy.tail;
    expect(record(login(1), login(2))).toEqual({ position: position + 2, frame: number + 1 });
    expect(record(login(3))).toEqual({ position: position + 3, frame: number + 1 });
    await turn();
    expect(record(login(4))).toEqual({ position: position + 4, frame: number + 2 });
  });

  it('is idle before the first decision and after the last is stored', async () => {
    expect(lead.appender.isIdle).toBe(true);
    lead.log.hold();
    record(login(1));
    expect(lead.appender.isIdle).toBe(false);
    await turn();
    expect(lead.appender.isIdle).toBe(false);
    lead.log.release();
    await turn();
    expect(lead.appender.isIdle).toBe(true);
  });

  it('shows what was decided before it is stored, and not among what is committed (P7)', async () => {
    lead.log.hold();
    record({
      type: 'UserRegistered',
      at: 1,
      data: { user: 'u-1', name: 'Alice', skeletons: [], passwordHash: '', recoveryHash: '' },
    });
    await turn();
    record(login(1));
    expect(users.get(lead.appender.rows, 'u-1')).toMatchObject({
      name: 'Alice',
      logIns: [{ tokenHash: 't1', expiresAt: 99 }],
    });
    expect(users.get(lead.copy.rows, 'u-1')).toBeUndefined();
    await lead.finish();
    expect(users.get(lead.copy.rows, 'u-1')).toMatchObject({
      name: 'Alice',
      logIns: [{ tokenHash: 't1', expiresAt: 99 }],
    });
    expect(users.get(lead.appender.rows, 'u-1')).toMatchObject({
      logIns: [{ tokenHash: 't1', expiresAt: 99 }],
    });
  });
});

describe('a frame', () => {
  it('is not divided between the events of one command, and not larger than it may be', async () => {
    lead.log.hold();
    const perCommand = 300;
    for (let command = 0; command < 8; command++) {
      record(...Array.from({ length: perCommand }, (_, index) => login(1_000 * command + index)));
    }
    await lead.finish();
    const counts = lead.stored.map(({ header }) => header.count);
    expect(counts).toEqual([900, 900, 600]);
    for (const count of counts) expect(count).toBeLessThanOrEqual(limits.eventsPerFrameMax);
  });

  it('is closed before it has too many bytes', async () => {
    lead.log.hold();
    for (let message = 0; message < 100; message++) record(said(limits.textBytesMax));
    await lead.finish();
    expect(lead.stored.length).toBeGreaterThan(2);
    for (const frame of lead.stored) {
      expect(frame.bytes.length).toBeLessThanOrEqual(limits.frameBytesMax + 1_000); // and a header
      if (frame !== lead.stored.at(-1))
        expect(frame.bytes.length).toBeGreaterThan(limits.frameBytesMax - 20_000);
    }
    expect(lead.stored.flatMap((frame) => frame.events())).toHaveLength(100);
  });

  it('fills others behind it, until the leader says that it is enough', async () => {
    lead.log.hold();
    const fill = () =>
      record(...Array.from({ length: limits.eventsPerFrameMax }, (_, index) => login(index)));
    for (let frame = 0; frame < 8; frame++) fill();
    expect(lead.appender.isOverloaded).toBe(false);
    fill();
    expect(lead.appender.isOverloaded).toBe(true);
    await lead.finish();
    expect(lead.appender.isOverloaded).toBe(false);
    expect(lead.stored).toHaveLength(9);
  });

  it('carries what was committed when it was cut, the raw wall time, its leader, and a Lamport clock that grows', async () => {
    lead.lamport.receive(500);
    record(login(1), login(2));
    await turn();
    lead.clock.jumpWall(-99_000);
    lead.lamport.receive(9_000);
    record(login(3));
    await lead.finish();
    const [first, second] = lead.stored.map(({ header }) => header);
    const { number, state, version } = (await Lead.after(opening)).copy.mark;
    expect(first).toMatchObject({
      leader: 'n1',
      epoch: 1,
      mark: { number, state, version },
      wall: 1_000_000,
    });
    expect(first!.clock).toBeGreaterThan(500);
    expect(second).toMatchObject({ wall: 901_000 });
    expect(second!.clock).toBeGreaterThan(9_000);
    expect(lead.lamport.value).toBeGreaterThanOrEqual(second!.clock);
  });
});

describe('a leader that another was faster than', () => {
  it('is told once, stores nothing more and takes nothing more in (P3)', async () => {
    const before = lead.copy.tail;
    lead.log.fates = ['overtaken'];
    record(login(1));
    await lead.clock.advance(100);
    expect(lead.fenced).toBe(1);
    record(login(2));
    await lead.clock.advance(1_000);
    expect(lead.log.attempts).toHaveLength(1);
    expect([lead.fenced, lead.copy.tail, lead.stored]).toEqual([1, before, []]);
  });

  it('finds that out only when it looks: a time-out alone deposes nobody (P6)', async () => {
    lead.log.fates = ['lost', 'stored unheard', 'late'];
    record(login(1));
    await lead.clock.advance(1_000);
    record(login(2));
    await lead.clock.advance(1_000);
    expect(lead.fenced).toBe(0);
    expect(lead.stored.map(tokensIn)).toEqual([['t1'], ['t2']]);
  });

  it('appends nothing more once it was stopped, and does not take in what is under way', async () => {
    const before = lead.copy.tail;
    lead.log.hold();
    record(login(1));
    await turn();
    record(login(2));
    lead.appender.stop();
    await lead.finish();
    expect(lead.log.attempts).toHaveLength(1);
    expect([lead.stored, lead.copy.tail, lead.fenced]).toEqual([[], before, 0]);
  });
});

/** What may happen to a leader between two decisions. */
const anyTurn = fc.oneof(
  { weight: 4, arbitrary: fc.record({ record: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 2, arbitrary: fc.constantFrom('turn', 'hold log', 'release log', 'hold disk', 'release disk') },
  { weight: 2, arbitrary: fc.constantFrom('lost', 'stored unheard', 'late', 'stored') },
  { weight: 2, arbitrary: fc.constantFrom('commit', 'pass time') },
);

async function take(leader: Lead, what: string): Promise<void> {
  if (what === 'turn') await turn();
  else if (what === 'hold log') leader.log.hold();
  else if (what === 'release log') leader.log.release();
  else if (what === 'hold disk') leader.store.hold();
  else if (what === 'release disk') leader.store.release();
  else if (what === 'pass time') await leader.clock.advance(60);
  else if (what === 'commit') {
    leader.copy.commitUpTo(leader.copy.stored.number);
    leader.copy.flush();
  } else leader.log.fates.push(what as (typeof leader.log.fates)[number]);
  expect(leader.log.underWay).toBeLessThanOrEqual(1);
}

describe('whatever happens to the answers of the broker, the disk and the mark', () => {
  it('everything recorded stands in the log once, in order, each command whole, where it was said to (P1, P2)', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, fc.array(anyTurn, { maxLength: 40, size: 'max' }), async (world, turns) => {
        const commands = world.commands.filter(([event]) => !/^(Seeded|LeaderElected)$/.test(event!.type));
        const leader = await Lead.after(opening);
        const waiting = [...commands];
        const places: { position: number; frame: number; events: DomainEvent[] }[] = [];
        const recordNext = (count: number) => {
          for (const events of waiting.splice(0, count))
            places.push({ ...leader.appender.record(events), events });
        };
        for (const taken of turns) {
          if (typeof taken === 'object') recordNext(taken.record);
          else await take(leader, taken);
        }
        recordNext(waiting.length);
        leader.log.fates = [];
        await leader.finish();

        const frames = await leader.frames();
        expect(leader.damage).toEqual([]);
        expect(leader.fenced).toBe(0);
        let tail = emptyTail;
        for (const frame of frames) {
          expect(examine(tail, frame)).toBe('next');
          expect(frame.header.clock).toBeGreaterThan(tail.clock);
          tail = tailOf(frame);
        }
        const events = frames.flatMap((frame) => [...storedEvents(frame)]);
        expect(events.slice(2).map(({ event }) => event)).toEqual(commands.flat());
        for (const { position, frame, events: own } of places) {
          const stood = events.slice(position - own.length, position);
          expect(stood.map(({ event }) => event)).toEqual(own);
          expect(new Set(stood.map((stored) => stored.frame))).toEqual(new Set([frame]));
        }
        const plain = foldPlainly(frames.map(storedEvents));
        expect(leader.copy.mark).toMatchObject({ number: frames.length, state: plain.stateHash });
        expect(await leader.store.rangeRows({ from: '', to: '\uffff' })).toEqual(plain.texts());
      }),
    );
  });
});
