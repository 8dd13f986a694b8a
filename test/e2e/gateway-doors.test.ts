/** What a wire gateway does with those who do not keep to the protocol, and how it starts and ends. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WireClient } from '../../src/gateways/wire/client.ts';
import { encode } from '../../src/gateways/wire/codec.ts';
import { magic } from '../../src/gateways/wire/limits.ts';
import type { Request } from '../../src/gateways/wire/registry.ts';
import { hasOpenssl, makeCertificates } from '../support/certificates.ts';
import { Cli, Running } from '../support/cli.ts';
import { ownEnvironment, password, TestCluster } from '../support/cluster.ts';
import { tempFolder } from '../support/temp-folder.ts';
import {
  asUser,
  RawWire,
  type RunningGateway,
  startWireGateway,
  type WireUser,
  wireUser,
} from '../support/wire.ts';

const hello: Request = { type: 'hello', magic, versionMin: 1, versionMax: 1, software: 'test' };
const post = (id: string, text = 'x'): Request => ({ type: 'send', id, to: 'bob', session: '', text });

let cluster: TestCluster;
let gateway: RunningGateway;
let alice: WireUser;
let bob: WireUser;
let round = 0;

beforeAll(async () => {
  cluster = await TestCluster.start();
  gateway = await startWireGateway(cluster, '--connections-per-network', '40');
  [alice, bob] = [await wireUser(gateway.where, 'alice'), await wireUser(gateway.where, 'bob')];
  await bob.follow();
});
afterAll(async () => {
  await cluster?.stop();
});

describe('a wire gateway and bad input (P10)', () => {
  /** Whatever somebody else did: nothing was said by it, and a good client is served. */
  afterEach(async () => {
    round += 1;
    await alice.send('bob', `still here ${round}`, `r-${round}`);
    await bob.shown(round);
    expect(bob.items.map(({ text }) => text)).toEqual(
      Array.from({ length: round }, (_, index) => `still here ${index + 1}`),
    );
  });

  it.each([
    ['another protocol', [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')], ['frame-too-large']],
    ['noise', [Buffer.from([0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7])], ['hello-first']],
    ['another magic', [encode(1, { ...hello, magic: 7 })], ['hello-first']],
    ['a version of later', [encode(1, { ...hello, versionMin: 2, versionMax: 9 })], ['version-unsupported']],
    ['a request before hello', [encode(1, post('b-1'))], ['hello-first']],
    ['number 0', [encode(1, hello), encode(0, { type: 'ping' })], ['number-in-use']],
    ['a length beyond all', [encode(1, hello), Buffer.from([0x7f, 0, 0, 0, 1])], ['frame-too-large']],
  ])('%s is refused, and the connection closed', async (_, bytes, codes) => {
    expect(await new RawWire(gateway.where).say(...bytes).refusals()).toEqual(codes);
  });

  it.each([
    ['an unknown code', Buffer.from([0, 0, 0, 5, 0x7e, 0, 0, 0, 9]), 'unknown-frame'],
    ['what only a gateway says', encode(9, { type: 'done' }), 'unknown-frame'],
    ['a frame that is cut', Buffer.from([0, 0, 0, 7, 0x10, 0, 0, 0, 9, 0, 9]), 'malformed'],
    ['a second hello', encode(9, hello), 'malformed'],
    ['a send without a log-in', encode(9, post('b-2')), 'not-logged-in'],
    ['made-up credentials', encode(9, { type: 'resume', token: 'u-1.2.3.4', position: 0 }), 'not-logged-in'],
    [
      'a wrong password',
      encode(9, { type: 'logIn', name: 'bob', password: 'not this one' }),
      'wrong-credentials',
    ],
  ])('%s is refused, and the connection goes on', async (_, bytes, code) => {
    const raw = new RawWire(gateway.where).say(encode(1, hello), bytes);
    raw.socket.end(encode(77, { type: 'ping' }));
    await raw.closed;
    expect(raw.heard.map(({ type }) => type).sort()).toEqual(['error', 'pong', 'welcome']);
    expect(raw.heard).toContainEqual(expect.objectContaining({ type: 'error', code, retryable: false }));
  });

  it("half a frame and no more is waited for no longer than the connection; another user's token opens nothing", async () => {
    const half = new RawWire(gateway.where).say(encode(1, hello), encode(2, post('b-3')).subarray(0, 9));
    half.socket.end();
    await half.closed;
    expect(half.heard.map(({ type }) => type)).toEqual(['welcome']);
    const mallory = await wireUser(gateway.where, 'mallory');
    const [ownId] = mallory.token.split('.');
    const [bobsId] = bob.token.split('.');
    const stolen = mallory.token.replace(ownId!, bobsId!);
    const client = await WireClient.connect(gateway.where);
    const as = (token: string) => client.ask({ type: 'resume', token, position: 0 });
    await expect(as(stolen)).rejects.toMatchObject({ code: 'not-logged-in' });
    await expect(mallory.client.ask({ type: 'resume', token: bob.token, position: 0 })).rejects.toMatchObject(
      {
        code: 'already-in',
      },
    );
    await client.close();
    await mallory.client.close();
  });

  it('what cannot be said is refused as by every door', async () => {
    const { client } = alice;
    const refusals = await Promise.all(
      [
        post('b 4'),
        post('b-5', ''),
        post('b-6', 'x'.repeat(16 * 1024 + 1)),
        { ...post('b-7'), session: 's-1' } as Request,
        { ...post('b-8'), to: 'alice' } as Request,
        { type: 'users', prefix: '', after: '', limit: 0 } as const,
        { type: 'register', name: 'ALICE', password } as const,
        { type: 'register', name: 'a b', password } as const,
        { type: 'openGroup', id: 'b-9', topic: '', members: [] } as const,
      ].map((request) => client.ask(request).catch(({ code }: { code: string }) => code)),
    );
    expect(refusals).toEqual([
      'malformed',
      'malformed',
      'too-large',
      'malformed',
      'to-yourself',
      'malformed',
      'name-taken',
      'too-many', // at a time
      'malformed',
    ]);
  });

  it('a flood waits for itself, one who does not read holds what is bounded, and nobody else notices', async () => {
    const carol = await wireUser(gateway.where, 'carol');
    const memoryBefore = residentKb();
    const flood = new RawWire(gateway.where).say(encode(1, hello));
    const asking = encode(7, { type: 'users', prefix: '', after: '', limit: 200 });
    const pings = Array.from({ length: 40_000 }, (_, index) => encode(index + 8, { type: 'ping' }));
    flood.socket.pause(); // it never reads
    flood.say(asking, ...pings);
    const deaf = await WireClient.connect(gateway.where);
    await deaf.ask({ type: 'resume', token: carol.token, position: 0 });
    await deaf.stream({ type: 'follow', credit: 1_000_000 }, () => undefined).answered;
    deaf.pause();
    const text = 'x'.repeat(16_000);
    await Promise.all(Array.from({ length: 256 }, (_, index) => alice.send('carol', text, `f-${index}`)));
    const startedMs = performance.now();
    await alice.client.ask({ type: 'ping' });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(residentKb() - memoryBefore).toBeLessThan(100_000);
    flood.socket.destroy();
    await deaf.close();
    await carol.client.close();
  });

  it('more connections than one network may have are told so', async () => {
    const many = Array.from({ length: 45 }, () => new RawWire(gateway.where).say(encode(1, hello)));
    await Promise.race(many.map(({ closed }) => closed));
    expect(many.flatMap(({ heard }) => heard)).toContainEqual(
      expect.objectContaining({ type: 'error', code: 'too-many', retryable: true }),
    );
    for (const { socket } of many) socket.destroy();
    await Promise.all(many.map(({ closed }) => closed));
  });
});

describe('starting and stopping it', () => {
  it('needs the password of gateways, from the data folder or a file, and never says it', async () => {
    const elsewhere = new Cli(ownEnvironment());
    const [right, wrong] = [join(tempFolder(), 'right'), join(tempFolder(), 'wrong')];
    writeFileSync(right, `${cluster.secret('gatewayPassword')}\n`);
    writeFileSync(wrong, 'pguess');
    const start = (...args: string[]) => [
      'gateway',
      'wire',
      '--servers',
      cluster.url,
      '--port',
      '0',
      ...args,
    ];
    expect(await elsewhere.run(start('--credential', wrong))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: wrong-credentials: /),
    });
    expect((await elsewhere.run(start('--data', tempFolder()))).stderr).toMatch(/^error: data-unusable: /);
    expect((await elsewhere.run(start('--host', '0.0.0.0'))).status).toBe(2);
    const other = elsewhere.start(start('--credential', right));
    expect(await other.out.next('ready')).toMatch(/^ready: the wire gateway is at 127\.0\.0\.1:\d+$/);
    other.signal('SIGTERM');
    expect(await other.ended()).toBe(0);
  });

  it.skipIf(!hasOpenssl)('speaks TLS where it has a certificate', async () => {
    const { ca, cert, key } = makeCertificates('IP:127.0.0.1');
    const secure = await startWireGateway(cluster, '--tls-cert', cert, '--tls-key', key);
    const client = await WireClient.connect({ ...secure.where, ca: readFileSync(ca, 'utf8') });
    await client.ask({ type: 'resume', token: alice.token, position: 0 });
    const { session } = await asUser(client, 'alice', alice.token).send('bob', 'encrypted', 't-1');
    expect(session).toMatch(/^s-/);
    await expect(WireClient.connect(secure.where)).rejects.toThrow();
    await client.close();
    secure.running.signal('SIGTERM');
    expect(await secure.running.ended()).toBe(0);
  });

  it('answers what is under way when it is stopped, says good-bye and ends', async () => {
    const isTold = bob.client.told((answer) => answer.type === 'error' && answer.code === 'going-away');
    const sent = alice.send('bob', 'at the last moment', 'z-1');
    await alice.client.ask({ type: 'ping' }); // answered after the message was taken, and before it is committed
    gateway.running.signal('SIGTERM');
    expect(await sent).toMatchObject({ type: 'sent' });
    await isTold;
    await bob.client.closed;
    expect(await gateway.running.ended()).toBe(0);
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('skipped: there is no python3 here');

it.skipIf(!hasPython)('a client in another language registers, chats, follows and replays', async () => {
  const own = await startWireGateway(cluster);
  const program = fileURLToPath(new URL('../../examples/wire_client.py', import.meta.url));
  const start = (name: string) =>
    new Running(spawn('python3', [program, name, '--register', '--port', String(own.where.port)]));
  const [pia, quentin] = [start('pia'), start('quentin')];
  for (const [running, name] of [
    [pia, 'pia'],
    [quentin, 'quentin'],
  ] as const) {
    running.type(password);
    await running.out.next(`logged in as ${name}`);
  }
  pia.type('quentin hello from Python');
  await quentin.out.next('pia: hello from Python');
  quentin.type('pia hello back');
  await pia.out.next('quentin: hello back');
  pia.type('/sessions');
  const [session] = (await pia.out.next('; 2 messages')).split(':');
  pia.type(`/replay ${session}`);
  await pia.out.next('that was it');
  expect(pia.out.all.slice(-3)).toEqual([
    '+0.000s pia: hello from Python',
    expect.stringMatching(/^\+\d+\.\d{3}s quentin: hello back$/),
    'that was it',
  ]);
  for (const running of [pia, quentin]) {
    running.type('/quit');
    expect(await running.ended()).toBe(0);
  }
  own.running.signal('SIGTERM');
  expect(await own.running.ended()).toBe(0);
});

function residentKb(): number {
  const status = readFileSync(`/proc/${gateway.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]);
}
