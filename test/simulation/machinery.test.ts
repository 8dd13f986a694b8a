/** What a simulated world is made of behaves as the real thing is known to. */
import { expect, it } from 'vitest';
import { NoAnswer, NobodyThere } from '../../src/ports/bus.ts';
import { Broker, matcher } from '../../src/simulation/broker.ts';
import { SimulatedBus } from '../../src/simulation/bus.ts';
import { SimulatedProcess } from '../../src/simulation/process.ts';
import { SeededRandom } from '../../src/simulation/random.ts';
import { SimulatedStream } from '../../src/simulation/stream.ts';
import { Timeline } from '../../src/simulation/timeline.ts';
import { Wire } from '../../src/simulation/wire.ts';

function newWorld() {
  const timeline = new Timeline();
  const random = new SeededRandom('machinery');
  const broker = new Broker(random, {
    heard: () => undefined,
    newStream: () => new SimulatedStream({ comparesAndSets: true, stored: () => undefined }),
  });
  const connect = (name: string) => {
    const process = new SimulatedProcess(name, timeline, random.fork(name));
    const wire = new Wire(process, broker);
    const bus = new SimulatedBus(wire, broker);
    wire.open();
    return { process, wire, bus };
  };
  return { timeline, broker, connect };
}

/** What is heard on a subject, as text. */
function listen(bus: SimulatedBus, subject: string): string[] {
  const heard: string[] = [];
  bus.subscribe(subject, ({ data }) => heard.push(Buffer.from(data).toString()));
  return heard;
}

it('the same seed draws the same numbers, a fork others', () => {
  const draw = (random: SeededRandom) => Array.from({ length: 5 }, () => random.next());
  const numbers = draw(new SeededRandom('a'));
  expect(draw(new SeededRandom('a'))).toEqual(numbers);
  expect(draw(new SeededRandom('a').fork('b'))).not.toEqual(numbers);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
});

it('things happen in order of time, then of insertion, and promises go on in between', async () => {
  const timeline = new Timeline();
  const happened: string[] = [];
  timeline.after(2, () => happened.push('late'));
  timeline.after(1, async () => {
    happened.push('early');
    for (let turn = 0; turn < 50; turn++) await null;
    happened.push('and all that follows');
  });
  timeline.after(1, () => happened.push('then'));
  await timeline.run(10);
  expect(happened).toEqual(['early', 'and all that follows', 'then', 'late']);
  expect(timeline.nowMs).toBe(10);
});

it('a paused process does everything later, a killed one never', async () => {
  const { timeline, connect } = newWorld();
  const { process } = connect('paused');
  const happened: number[] = [];
  const timer = process.setTimeout(() => happened.push(1), 10);
  process.setTimeout(() => happened.push(timeline.nowMs), 20);
  process.pause();
  await timeline.run(100);
  expect(happened).toEqual([]);
  process.clearTimeout(timer);
  process.resume();
  await timeline.run(200);
  expect(happened).toEqual([100]);
  process.setTimeout(() => happened.push(3), 10);
  process.kill();
  await timeline.run(300);
  expect(happened).toEqual([100]);
});

it.each([
  ['a.b', 'a.b', true],
  ['a.b', 'a.b.c', false],
  ['a.*', 'a.b', true],
  ['a.*.c', 'a.b.c', true],
  ['a.*', 'a.b.c', false],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
])('a subscription to %s and a message on %s: %s', (pattern, subject, isCovered) => {
  expect(matcher(pattern)(subject)).toBe(isCovered);
});

it('messages arrive in the order they were sent', async () => {
  const { timeline, connect } = newWorld();
  const [sender, receiver] = [connect('sender'), connect('receiver')];
  const heard = listen(receiver.bus, 'subject.*');
  await timeline.run(1_000);
  const sent = Array.from({ length: 200 }, (_, index) => String(index));
  for (const text of sent) sender.bus.publish(`subject.${text}`, text);
  await timeline.run(2_000);
  expect(heard).toEqual(sent);
});

it('a question to nobody, or to somebody who died, is answered at once by the server', async () => {
  const { timeline, connect } = newWorld();
  const [asker, mortal] = [connect('asker'), connect('mortal')];
  mortal.bus.subscribe('question', (message) => message.respond('answer'));
  await timeline.run(1_000);
  const ask = async () => {
    const asked = asker.bus.request('question', '', 500).catch((error: unknown) => error);
    await timeline.run(timeline.nowMs + 600);
    return await asked;
  };
  expect(Buffer.from((await ask()) as Uint8Array).toString()).toBe('answer');
  mortal.process.pause();
  expect(await ask()).toBeInstanceOf(NoAnswer);
  mortal.wire.end();
  mortal.process.kill();
  await timeline.run(timeline.nowMs + 100);
  expect(await ask()).toBeInstanceOf(NobodyThere);
});

it('a connection that was cut comes back with its subscriptions and without what was sent meanwhile', async () => {
  const { timeline, connect } = newWorld();
  const [sender, receiver] = [connect('sender'), connect('receiver')];
  const heard = listen(receiver.bus, 'subject');
  await timeline.run(1_000);
  receiver.wire.sever(500);
  await timeline.run(1_200);
  expect(receiver.bus.connected).toBe(false);
  sender.bus.publish('subject', 'lost');
  await timeline.run(2_000);
  expect(receiver.bus.connected).toBe(true);
  sender.bus.publish('subject', 'heard');
  await timeline.run(3_000);
  expect(heard).toEqual(['heard']);
});

it('packets that went astray for a short while arrive late and in order', async () => {
  const { timeline, connect } = newWorld();
  const [sender, receiver] = [connect('sender'), connect('receiver')];
  const heard = listen(receiver.bus, 'subject');
  await timeline.run(1_000);
  receiver.wire.block(800);
  for (const text of ['one', 'two', 'three']) sender.bus.publish('subject', text);
  await timeline.run(1_700);
  expect(heard).toEqual([]);
  await timeline.run(1_900);
  expect(heard).toEqual(['one', 'two', 'three']);
});

it('a server that restarts drops everybody and keeps what it stored', async () => {
  const { timeline, broker, connect } = newWorld();
  const { bus } = connect('somebody');
  const stream = broker.stream(1, true)!;
  expect(stream.append(Buffer.from('kept'), 1)).toBe(true);
  await timeline.run(1_000);
  broker.stop();
  await timeline.run(1_100);
  expect(bus.connected).toBe(false);
  broker.start();
  await timeline.run(2_000);
  expect(bus.connected).toBe(true);
  expect(broker.stream(1)?.last).toBe(1);
  expect(stream.append(Buffer.from('too late'), 1)).toBe(false);
});
