/** A process tells nothing unless somebody looks, and then no more than was asked for. */

import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import { clientMachine } from '../../../src/actors/client/machine.ts';
import { initialMatch } from '../../../src/actors/match/state.ts';
import { redact } from '../../../src/events/domain.ts';
import { Heap } from '../../../src/inspector/source/heap.ts';
import { Interests } from '../../../src/inspector/source/interests.ts';
import { InspectionSource } from '../../../src/inspector/source/source.ts';
import { aliasOf } from '../../../src/protocol/aliases.ts';
import { interestLastsMs, type Told } from '../../../src/protocol/inspection.ts';
import { inspectorSubjects } from '../../../src/protocol/subjects.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryBus } from '../../support/memory-bus.ts';

const idle = async () => undefined;

async function world() {
  const clock = new ManualClock();
  const bus = new MemoryBus(clock);
  const { clientInterest: hears } = inspectorSubjects;
  const tells = inspectorSubjects.client('u-1', 'c-1');
  const source = new InspectionSource({
    bus,
    clock,
    process: 'u-1.c-1',
    kind: 'client',
    hears,
    tells,
    nameOf: aliasOf,
  });
  const actor = createActor(clientMachine, {
    input: { connect: idle, authenticate: idle, findLeader: idle },
  }).start();
  source.add('client', {
    kind: 'client',
    label: 'u-1',
    machine: clientMachine,
    actor,
    shown: ['leader', 'epoch'],
  });
  const told: Told[] = [];
  bus.subscribe(tells, ({ data }) => told.push(JSON.parse(Buffer.from(data).toString()) as Told));
  const listening = source.start();
  const look = async (watched: string[], by = 'one') => {
    bus.publish(
      inspectorSubjects.clientInterest,
      JSON.stringify({ by, watched, teller: null, isListing: false, bodies: false }),
    );
    await clock.advance(1);
  };
  return { clock, bus, source, listening, actor, told, look };
}

it('tells nothing until somebody looks, then what there is once, and nothing more when nobody does', async () => {
  const { clock, source, actor, told, look } = await world();
  actor.send({ type: 'DISCONNECTED' });
  await clock.advance(1_000);
  expect(told).toEqual([]);
  await look([]);
  await clock.advance(50);
  expect(told).toMatchObject([
    { process: 'u-1.c-1', actors: [{ id: 'u-1.c-1/client' }], machines: { client: {} } },
  ]);
  await look([]);
  await clock.advance(500);
  expect(told.slice(1)).toEqual([{ process: 'u-1.c-1', kind: 'client' }]); // that it is there
  await look([], 'two');
  await clock.advance(50);
  expect(told.at(-1)).toEqual(told[0]);
  await clock.advance(interestLastsMs + 200);
  expect(source.interest).toBeUndefined();
});

it('says good-bye', async () => {
  const { listening, told, look } = await world();
  await look([]);
  listening.stop();
  await look([]);
  expect(told.at(-1)).toMatchObject({ actors: [{ id: 'u-1.c-1/client', gone: true }] });
});

it('tells every event of an actor that is watched, and of its context what is named', async () => {
  const { clock, actor, told, look } = await world();
  await look([aliasOf('u-1.c-1/client')]);
  actor.send({ type: 'CLOSE' });
  await clock.advance(200);
  const events = told.flatMap(({ events = [] }) => events);
  expect(events.at(-1)).toMatchObject({ actor: 'u-1.c-1/client', to: 'closed', context: { leader: null } });
  expect(Object.keys(events.at(-1)!.context)).toEqual(['leader', 'epoch']);
});

it('tells two inspectors what either asked for, and no texts where one of them must have none', () => {
  const interests = new Interests();
  const interest = { by: 'one', watched: ['a'], teller: 'n1', isListing: true, bodies: true };
  expect(interests.hear(interest, 0)).toBe(true);
  expect(interests.hear({ ...interest, by: 'two', watched: ['b'], teller: 'n2', bodies: false }, 2_000)).toBe(
    true,
  );
  expect(interests.hear(interest, 2_000)).toBe(false);
  expect([...interests.watched]).toEqual(['a', 'b']);
  expect(interests.bodies).toBe(false);
  expect(['n1', 'n2', 'n3'].map((node) => interests.asks(node))).toEqual([true, true, false]);
  interests.hear(interest, 4_000);
  interests.forgetSilent(2_000 + interestLastsMs + 1);
  expect([...interests.watched]).toEqual(['a']);
  expect(interests.bodies).toBe(true);
});

it('keeps of each actor the latest state, and of events no more than it may', () => {
  const heap = new Heap();
  for (let times = 0; times < 5_000; times++) {
    heap.add({ actor: { id: `a${times % 3}`, kind: 'k', label: '', state: String(times) } });
    heap.add({
      event: { actor: 'a', at: times, type: 't', data: {}, from: '', to: '', context: {}, position: null },
    });
  }
  const told = heap.take({ actors: 2, events: 100, frames: 1 })!;
  expect(told.actors?.map(({ state }) => state)).toEqual(['4998', '4999']);
  expect(told.events).toHaveLength(100);
  expect((told.dropped ?? 0) + 100).toBe(5_000);
  expect(heap.take({ actors: 2, events: 100, frames: 1 })?.actors).toHaveLength(1);
  expect(heap.take({ actors: 2, events: 100, frames: 1 })).toBeUndefined();
});

it('shows what is played, by whom and how it stands', () => {
  const opened = {
    match: 'p-1',
    by: 'u-1',
    players: ['u-1', null],
    bot: 'easy',
    points: 3,
    rules: 1,
    seed: 7,
  };
  const scored = { match: 'p-1', to: 300, play: 'AAA=', by: 1 };
  const ended = { match: 'p-1', player: 'u-1', isAway: true, winner: 0, reason: 'forfeit' };
  for (const data of [opened, scored, ended, initialMatch]) expect(redact({ ...data })).toEqual(data);
});

it('shows only fields that are known to be no secret, and texts only where they may be seen', () => {
  const data = { user: 'u-1', text: 'hello', topic: 'tea', passwordHash: 'x', tokenHash: 'x', whatever: 'x' };
  expect(redact(data)).toEqual({
    user: 'u-1',
    text: 'hello',
    topic: 'tea',
    passwordHash: '[redacted]',
    tokenHash: '[redacted]',
    whatever: '[redacted]',
  });
  expect(redact(data, { bodies: false })).toMatchObject({
    user: 'u-1',
    text: '[redacted]',
    topic: '[redacted]',
  });
});
