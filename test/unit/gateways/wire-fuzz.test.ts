/**
 * Bytes that nobody should send, from a seed: noise, and sessions in which a few bytes are others, missing or too many, cut
 * anywhere. `npm run test:long` has a million of them; VERBATIM_FUZZ_SEED has one run again.
 */
import { describe, expect, it } from 'vitest';
import { UserClient } from '../../../src/client/client.ts';
import { Unanswered } from '../../../src/client/errors.ts';
import { Caller } from '../../../src/gateways/caller.ts';
import { encode } from '../../../src/gateways/wire/codec.ts';
import { WireConnection } from '../../../src/gateways/wire/connection.ts';
import { limits, magic } from '../../../src/gateways/wire/limits.ts';
import type { Request } from '../../../src/gateways/wire/registry.ts';
import { Streams } from '../../../src/gateways/wire/streams.ts';
import { SeededRandom } from '../../../src/simulation/random.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { cutUp, MemorySocket } from '../../support/wire-messages.ts';

const inputs = Number(process.env.VERBATIM_FUZZ ?? 20_000);
const seed = Number(process.env.VERBATIM_FUZZ_SEED ?? Date.now() % 1_000_000);

const hello: Request = { type: 'hello', magic, versionMin: 1, versionMax: 1, software: 'fuzz' };
const said = { id: 'm-1', session: 's-1' };
const right: readonly Request[] = [
  { type: 'ping' },
  { type: 'resume', token: 'u-0', position: 7 },
  { type: 'send', ...said, to: 'bob', text: 'hello, Bob' },
  { type: 'follow', credit: 9 },
  { type: 'taken', upTo: 9 },
  { type: 'credit', more: 9 },
  { type: 'cancel' },
  { type: 'replay', session: 's-1', after: 0, speedPercent: 100, maxGapMs: 1, credit: 1 },
  { type: 'users', prefix: 'b', after: '', limit: 9 },
  { type: 'openGroup', id: 'm-2', topic: 'x', members: [{ name: 'bob' }, { name: 'carol' }] },
];

/** Nobody is there to be asked: what is decided here the connection decides by itself. */
function connected(clock: ManualClock, random: SeededRandom, logged: string[]) {
  const socket = new MemorySocket();
  const link = () => Promise.reject(new Unanswered('not-sent', 'nobody is there'));
  const client = { clock, random, link };
  const connection = new WireConnection(socket.asSocket, {
    clock,
    software: 'verbatim',
    patienceMs: 1,
    caller: (ended) => new Caller({ client, patienceMs: 1, ended }),
    log: (line) => logged.push(line),
  });
  return { socket, connection };
}

function session(random: SeededRandom): Buffer {
  if (random.chance(0.1)) return Buffer.from(random.bytes(random.whole(0, 200)));
  const count = random.whole(1, 4);
  const asked = Array.from({ length: count }, () => right[random.whole(0, right.length - 1)]!);
  const frames = asked.map((request) => encode(random.whole(0, 3), request));
  return spoilt(Buffer.concat([encode(1, hello), ...frames]), random);
}

function spoilt(bytes: Buffer, random: SeededRandom): Buffer {
  const places = random.whole(0, 3);
  let result = bytes;
  for (let place = 0; place < places; place++) {
    const at = random.whole(0, result.length);
    const noise = Buffer.from(random.bytes(random.whole(0, 6)));
    const left = random.pick(['over', 'into', 'instead'] as const);
    const after = left === 'over' ? at + noise.length : left === 'into' ? at : at + random.whole(1, 9);
    result = Buffer.concat([result.subarray(0, at), noise, result.subarray(after)]);
  }
  return result;
}

describe('inputs that nobody should send', () => {
  it('are answered in words of the protocol, and grow nothing', { timeout: 10_000 + inputs }, async () => {
    const random = new SeededRandom(`wire-${seed}`);
    const logged: string[] = [];
    const codes = new Set<string>();
    for (let input = 0; input < inputs; input++) {
      const { socket, connection } = connected(new ManualClock(), random, logged);
      const bytes = session(random);
      const sizes = [random.whole(1, 9), random.whole(1, 300)];
      for (const chunk of cutUp(bytes, sizes)) socket.emit('data', chunk);
      if (input % 100 === 0) await new Promise(setImmediate);
      const isTooMuch = socket.told.length > bytes.length / 5 + 1;
      for (const answer of socket.told) codes.add(answer.type === 'error' ? answer.code : answer.type);
      if (isTooMuch || logged.length > 0) throw new Error(`seed ${seed}, input ${input}: ${logged[0]}`);
      await connection.closed();
    }
    const foreseen = ['hello-first', 'version-unsupported', 'frame-too-large', 'unknown-frame', 'malformed'];
    const others = ['welcome', 'pong', 'not-logged-in', 'number-in-use', 'too-many'];
    expect([...codes]).toEqual(expect.arrayContaining(foreseen));
    expect([...foreseen, ...others]).toEqual(expect.arrayContaining([...codes]));
  });
});

describe('what a connection holds', () => {
  it('is bounded while a client asks and asks, and while it does not read', async () => {
    const { socket } = connected(new ManualClock(), new SeededRandom('bounded'), []);
    socket.emit('data', encode(1, hello));
    const ask = (number: number) =>
      encode(number, { type: 'send', id: `m-${number}`, session: '', to: 'bob', text: 'x' });
    for (let number = 2; !socket.isPaused(); number++) {
      socket.emit('data', ask(number));
      expect(number).toBeLessThanOrEqual(limits.inFlightMax + 2);
    }
    await new Promise(setImmediate);
    expect(socket.isPaused()).toBe(false); // all are answered: nobody is logged in
    socket.writableLength = limits.unreadBytesMax;
    socket.emit('data', encode(9_000, { type: 'ping' }));
    expect(socket.isPaused()).toBe(true);
    socket.writableLength = 0;
    socket.emit('drain');
    expect(socket.isPaused()).toBe(false);
  });

  it('is bounded within one chunk: what is over waits in it, and the end of the connection behind it', async () => {
    const { socket } = connected(new ManualClock(), new SeededRandom('chunk'), []);
    const page = (number: number) =>
      encode(number, { type: 'transcript', session: 's-1', after: 0, limit: 9 });
    const asked = Array.from({ length: 3 * limits.pagesInFlightMax }, (_, index) => page(index + 2));
    socket.emit('data', Buffer.concat([encode(1, hello), ...asked]));
    socket.emit('end');
    expect(socket.isPaused()).toBe(true);
    socket.writableLength = limits.unreadBytesMax; // from now on it does not read
    await new Promise(setImmediate);
    expect(socket.told).toHaveLength(1 + limits.pagesInFlightMax);
    expect([socket.isPaused(), socket.writable]).toEqual([true, true]);
    socket.writableLength = 0;
    socket.emit('drain');
    await new Promise(setImmediate);
    expect(socket.told).toHaveLength(1 + asked.length);
    expect(socket.writable).toBe(false); // all is answered: it is ended
  });

  it('holds few replays, and asks for nothing without credit', async () => {
    const asked: string[] = [];
    const query = async (name: string) => {
      asked.push(name);
      return { messages: [], next: null };
    };
    const user: UserClient = Object.create(UserClient.prototype, { line: { value: { query } } });
    const streams = new Streams({ clock: new ManualClock(), patienceMs: 1, deliver: () => undefined });
    const replay = (number: number) =>
      streams.replay(user, number, {
        type: 'replay',
        session: 's-1',
        after: 0,
        speedPercent: 100,
        maxGapMs: 0,
        credit: 0,
      });
    const open = Array.from({ length: limits.streamsMax }, (_, index) => replay(index + 1));
    await expect(replay(99)).rejects.toMatchObject({ code: 'too-many' });
    expect(asked).toEqual([]);
    streams.grant(1, 1);
    expect(await open[0]).toEqual({ type: 'ended', cancelled: false });
    expect(asked).toEqual(['transcript']);
    streams.stop();
    expect(await Promise.all(open.slice(1))).toContainEqual({ type: 'ended', cancelled: true });
  });

  it('a client that takes what it is told is not idle, one that takes nothing is', async () => {
    const clock = new ManualClock();
    const { socket, connection } = connected(clock, new SeededRandom('slow'), []);
    socket.emit('data', encode(1, hello));
    socket.writableLength = limits.unreadBytesMax;
    socket.emit('data', encode(2, { type: 'ping' }));
    connection.look(limits.idleMs);
    expect(socket.told).toMatchObject([{ type: 'welcome' }]); // it is not listened to
    socket.emit('timeout');
    expect(socket.destroyed).toBe(true);
  });

  it('ends when all was taken, a moment later, and at last when nothing is', async () => {
    const clock = new ManualClock();
    const [reading, deaf] = ['reading', 'deaf'].map((name) => {
      const { socket } = connected(clock, new SeededRandom(name), []);
      socket.emit('data', encode(1, hello));
      socket.emit('end');
      return socket;
    });
    await clock.advance(limits.idleMs - 1);
    expect([reading?.destroyed, deaf?.destroyed]).toEqual([false, false]);
    reading?.emit('finish');
    await clock.advance(1);
    expect([reading?.destroyed, deaf?.destroyed]).toEqual([true, true]);
  });

  it.each([
    ['a request of number 0', encode(0, { type: 'ping' }), 'number-in-use'],
    ['a frame without a number', Buffer.from([0, 0, 0, 2, 1, 1]), 'malformed'],
    ['an unknown request of number 0', Buffer.from([0, 0, 0, 5, 0x7e, 0, 0, 0, 0]), 'unknown-frame'],
  ])('%s ends the connection', (_, bytes, code) => {
    const { socket } = connected(new ManualClock(), new SeededRandom('zero'), []);
    socket.emit('data', Buffer.concat([encode(1, hello), bytes, encode(7, { type: 'ping' })]));
    expect(socket.told).toMatchObject([{ type: 'welcome' }, { type: 'error', code }]);
    expect(socket.writable).toBe(false);
  });

  it('ends when nothing comes for too long, and sooner when it never began', () => {
    const clock = new ManualClock();
    const silent = connected(clock, new SeededRandom('silent'), []);
    const slow = connected(clock, new SeededRandom('slow'), []);
    slow.socket.emit('data', encode(1, hello));
    silent.connection.look(limits.helloMs);
    slow.connection.look(limits.helloMs);
    expect(silent.socket.told).toMatchObject([{ type: 'error', code: 'idle' }]);
    expect([silent.socket.writable, slow.socket.writable]).toEqual([false, true]);
    slow.connection.look(limits.idleMs);
    expect(slow.socket.told).toMatchObject([{ type: 'welcome' }, { type: 'error', code: 'idle' }]);
  });
});
