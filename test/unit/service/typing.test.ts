import { expect, it } from 'vitest';
import { clientSubjects } from '../../../src/protocol/subjects.ts';
import { Typing } from '../../../src/service/typing.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SpokenBus } from '../../support/spoken-bus.ts';
import { World } from '../../support/world.ts';

function begin() {
  const world = new World();
  const [alice, bob] = ['Alice', 'Bob', 'Carol'].map((name) => world.register(name)) as [
    string,
    string,
    string,
  ];
  world.tell(alice, { type: 'OpenGroup', members: ['Bob', 'Carol'], topic: '' });
  const group = (world.stored.at(-1)!.event.data as { session: string }).session;
  for (const user of [alice, bob]) world.tell(user, { type: 'ComeOnline' });
  const stranger = world.register('Mallory');
  const clock = new ManualClock();
  const bus = new SpokenBus();
  const heard = bus.published;
  const banished: string[] = [];
  new Typing({ clock, rows: () => world.rows, banish: (speaker) => banished.push(speaker) }).start(bus);
  const say = (user: string, payload: object | string) =>
    bus.say(clientSubjects.typing(user), payload, clientSubjects.allTyping);
  return { alice, bob, stranger, group, clock, heard, banished, say };
}

it('is told to the others who are there, and to nobody else (P9)', () => {
  const { alice, bob, stranger, group, heard, say } = begin();
  say(alice, { conversation: group });
  expect(heard).toEqual([
    [clientSubjects.live(bob), JSON.stringify({ type: 'typing', conversation: group, from: 'Alice' })],
  ]);
  say(stranger, { conversation: group });
  say(stranger, { conversation: 's-none' });
  expect(heard).toHaveLength(1);
});

it('is heard only as often as fingers can; a flood is sent away, and nonsense is nothing (P10)', () => {
  const { alice, group, heard, banished, say, clock } = begin();
  for (let time = 0; time < 100; time++) say(alice, { conversation: group });
  expect(heard).toHaveLength(5);
  expect(banished).toEqual([]);
  for (let time = 0; time < 150; time++) say(alice, { conversation: group });
  expect(new Set(banished)).toEqual(new Set([alice]));
  clock.pass(60_000);
  for (const nonsense of [
    '',
    '{',
    '[]',
    '{"conversation":1}',
    'x'.repeat(1_000),
    { conversation: group, more: 1 },
  ]) {
    say(alice, nonsense);
    clock.pass(2_000);
  }
  expect(heard).toHaveLength(5);
});
