/** The gRPC gateway, called as it is meant: by this language, by `buf curl` and by Python. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GrpcClient, problemOf } from '../../src/gateways/grpc/client.ts';
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from '../../src/gateways/grpc/generated/grpc/health/v1/health_pb.js';
import { AccountService } from '../../src/gateways/grpc/generated/verbatim/v1/accounts_pb.js';
import { ChatService, Delivery } from '../../src/gateways/grpc/generated/verbatim/v1/chat_pb.js';
import { hasOpenssl, makeCertificates } from '../support/certificates.ts';
import { password, TestCluster } from '../support/cluster.ts';
import {
  bufCurl,
  failureOf,
  firstOf,
  type GatewayProcess,
  python,
  runPython,
  startGateway,
  welcome,
} from '../support/grpc.ts';
import { tempFolder } from '../support/temp-folder.ts';

let cluster: TestCluster;
let gateway: GatewayProcess;
let client: GrpcClient;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  cluster = await TestCluster.start();
  gateway = await startGateway(cluster);
  client = new GrpcClient(gateway.address);
  for (const name of ['alice', 'bob', 'carol', 'erin']) tokens[name] = await welcome(client, name);
});
afterAll(async () => {
  client?.close();
  gateway?.running.signal('SIGTERM');
  await cluster?.stop();
});

const as = (name: string) => ({ token: tokens[name]!, timeoutMs: 20_000 });
const outgoing = (to: string, text: string, id = '') => ({
  message: { addressee: { case: 'to' as const, value: to }, text, id },
});

describe('one question, one answer', () => {
  it('sends once under an id, and says so', async () => {
    const send = () => client.ask(ChatService, 'send', outgoing('bob', 'hello', 'hello-1'), as('alice'));
    const [first, again] = [await send(), await send()];
    expect(first.receipt).toMatchObject({ id: 'hello-1', duplicate: false });
    expect(again.receipt).toMatchObject({ position: first.receipt?.position, duplicate: true });
    const other = client.ask(ChatService, 'send', outgoing('bob', 'another', 'hello-1'), as('alice'));
    expect(await failureOf(other)).toMatchObject({
      status: 'INVALID_ARGUMENT',
      reason: 'ID_REUSED',
      metadata: { outcome: 'not-done' },
    });
  });

  it('lists by pages', async () => {
    const names: string[] = [];
    let pageToken = '';
    do {
      const page = await client.ask(ChatService, 'listUsers', { pageSize: 2, pageToken }, as('alice'));
      names.push(...page.users.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(names).toEqual(['alice', 'bob', 'carol', 'erin']);
    const { sessions } = await client.ask(ChatService, 'listSessions', { with: 'bob' }, as('alice'));
    const { session } = sessions[0]!;
    const { messages } = await client.ask(ChatService, 'listMessages', { session }, as('bob'));
    expect(messages.map(({ from, text }) => ({ from, text }))).toEqual([{ from: 'alice', text: 'hello' }]);
  });

  it('knows groups', async () => {
    const opened = await client.ask(
      ChatService,
      'openGroup',
      { members: ['bob'], topic: 'trip' },
      as('alice'),
    );
    const session = opened.receipt!.session;
    await client.ask(ChatService, 'invite', { session, name: 'erin' }, as('bob'));
    await client.ask(ChatService, 'setTopic', { session, topic: 'food' }, as('bob'));
    const { sessions } = await client.ask(ChatService, 'listSessions', {}, as('bob'));
    expect(sessions.find((one) => one.session === session)).toMatchObject({
      topic: 'food',
      participants: expect.arrayContaining(['alice', 'bob', 'erin']),
    });
    await client.ask(ChatService, 'leaveGroup', { session }, as('erin'));
    const said = { message: { addressee: { case: 'session' as const, value: session }, text: 'me too' } };
    const left = client.ask(ChatService, 'send', said, as('erin'));
    expect(await failureOf(left)).toMatchObject({ status: 'NOT_FOUND' });
  });

  it('log-ins that no call uses make room for others', async () => {
    await client.ask(AccountService, 'register', { name: 'frank', password });
    const logIn = () => client.ask(AccountService, 'logIn', { name: 'frank', password });
    const first = await logIn();
    for (let more = 0; more < 16; more++) await logIn();
    expect(await client.ask(AccountService, 'whoAmI', {}, first)).toMatchObject({ name: 'frank' });
    await client.ask(AccountService, 'logOut', { everywhere: true }, first);
  });

  it('a whole life of an account', async () => {
    const { recoveryCode } = await client.ask(AccountService, 'register', { name: 'dave', password });
    const next = 'another horse battery';
    const recovered = await client.ask(AccountService, 'recover', {
      name: 'dave',
      recoveryCode,
      password: next,
    });
    expect(recovered.recoveryCode).not.toBe(recoveryCode);
    const { token } = await client.ask(AccountService, 'logIn', { name: 'DAVE', password: next });
    expect(await client.ask(AccountService, 'whoAmI', {}, { token })).toMatchObject({ name: 'dave' });
    await client.ask(AccountService, 'changePassword', { password: next, newPassword: password }, { token });
    const following = client.hear(ChatService, 'followInbox', {}, { token });
    const inbox = following[Symbol.asyncIterator]();
    await inbox.next();
    await client.ask(AccountService, 'logOut', {}, { token });
    expect(await failureOf(inbox.next())).toMatchObject({ reason: 'NOT_LOGGED_IN' });
    const gone = client.ask(AccountService, 'whoAmI', {}, { token });
    expect(await failureOf(gone)).toMatchObject({
      status: 'UNAUTHENTICATED',
    });
    const again = await client.ask(AccountService, 'logIn', { name: 'dave', password });
    await client.ask(AccountService, 'deleteAccount', {}, again);
    const login = client.ask(AccountService, 'logIn', { name: 'dave', password });
    expect(await failureOf(login)).toMatchObject({
      reason: 'WRONG_CREDENTIALS',
    });
  });
});

describe('streams', () => {
  it('many are sent with one summary; the refused spoil no other', async () => {
    const many = client.tell(ChatService, 'sendMany', as('alice'));
    for (const [index, to] of ['carol', 'nobody', 'carol'].entries())
      await many.say(outgoing(to, `many ${index}`, `many-${index}`));
    await many.say(outgoing('carol', 'many 0', 'many-0'));
    many.end();
    expect(await many.answer).toMatchObject({
      accepted: 3n,
      duplicates: 1n,
      refused: 1n,
      refusals: [{ index: 1n, id: 'many-1', problem: { reason: 'UNKNOWN_USER' } }],
    });
  });

  it('an item is delivered once it was taken, and not before (P4)', async () => {
    const follow = (delivery: Delivery) => client.hear(ChatService, 'followInbox', { delivery }, as('carol'));
    const places: bigint[] = [];
    for (const _ of [1, 2]) {
      const [following, ...items] = await firstOf(3, follow(Delivery.TAKEN));
      expect(following?.event.case).toBe('following');
      const texts = items.map(({ event }) => event.case === 'item' && event.value.message?.text);
      expect(texts).toEqual(['many 0', 'many 2']);
      places.push(...items.flatMap(({ event }) => (event.case === 'item' ? [event.value.place] : [])));
    }
    await client.ask(ChatService, 'takeItems', { upTo: places[0]! }, as('carol'));
    const [, left] = await firstOf(2, follow(Delivery.WRITTEN));
    expect(left?.event).toMatchObject({ case: 'item', value: { message: { text: 'many 2' } } });
  });

  it('a chat goes both ways, and tells who types', async () => {
    const alice = client.talk(ChatService, 'chat', as('alice'));
    const bob = client.talk(ChatService, 'chat', as('bob'));
    const [fromAlice, fromBob] = [alice.heard[Symbol.asyncIterator](), bob.heard[Symbol.asyncIterator]()];
    const next = async (heard: typeof fromBob, kind: string) => {
      for (;;) {
        const { value } = await heard.next();
        if (value?.event.case === kind) return value.event.value as never as Record<string, string>;
      }
    };
    await next(fromAlice, 'following');
    await next(fromBob, 'following');
    await alice.say({
      event: { case: 'send', value: { ...outgoing('bob', 'are you there?', 'chat-1').message } },
    });
    const { session, position } = await next(fromAlice, 'accepted');
    // Kept nowhere: a node that has not heard of the session yet tells nobody, so somebody goes on typing.
    const typing = setInterval(() => void alice.say({ event: { case: 'typing', value: session! } }), 250);
    expect(await next(fromBob, 'typing')).toMatchObject({ conversation: session, from: 'alice' });
    clearInterval(typing);
    await alice.say({
      event: { case: 'send', value: { ...outgoing('nobody', 'or you?', 'chat-2').message } },
    });
    expect(await next(fromAlice, 'refused')).toMatchObject({
      id: 'chat-2',
      problem: { reason: 'UNKNOWN_USER' },
    });
    await bob.say({ event: { case: 'taken', value: BigInt(position!) } });
    for (const one of [alice, bob]) one.end();
    expect((await fromAlice.next()).done).toBe(true);
    bob.heard.cancel();
  });

  it('a session is played back with its pauses (P8)', async () => {
    const { sessions } = await client.ask(ChatService, 'listSessions', { with: 'carol' }, as('alice'));
    const request = { session: sessions[0]!.session, maxGap: { seconds: 0n, nanos: 50_000_000 } };
    const playedAfter = async (after = 0n) => {
      const played: { text?: string; position?: bigint }[] = [];
      const heard = client.hear(ChatService, 'replay', { ...request, after }, as('carol'));
      for await (const { message } of heard) played.push({ ...message });
      return played;
    };
    const all = await playedAfter();
    expect(all.map(({ text }) => text)).toEqual(['many 0', 'many 2']);
    expect(await playedAfter(all[0]!.position)).toEqual([all[1]]);
    const foreign = firstOf(1, client.hear(ChatService, 'replay', request, as('bob')));
    expect(await failureOf(foreign)).toMatchObject({ status: 'NOT_FOUND' });
  });
});

describe('others than ourselves', () => {
  it('buf curl finds everything by reflection, in both versions', async () => {
    for (const version of ['grpc-v1', 'grpc-v1alpha']) {
      const more = ['--reflect-protocol', version];
      const { messages } = await bufCurl(gateway.address, 'verbatim.v1.AccountService/WhoAmI', [{}], {
        ...as('alice'),
        more,
      });
      expect(messages).toEqual([{ name: 'alice' }]);
    }
    const { status, error } = await bufCurl(gateway.address, 'verbatim.v1.AccountService/WhoAmI', [{}]);
    expect({ status, code: error.code }).toEqual({ status: expect.any(Number), code: 'unauthenticated' });
    expect(error.details).toHaveLength(1);
  });

  it('buf curl streams in both directions', async () => {
    const said = ['one', 'two'].map((text) => ({ send: { to: 'bob', text, id: `buf-${text}` } }));
    const { status, messages } = await bufCurl(
      gateway.address,
      'verbatim.v1.ChatService/Chat',
      said,
      as('carol'),
    );
    expect(status).toBe(0);
    expect(messages.filter(({ accepted }) => accepted)).toMatchObject([
      { accepted: { id: 'buf-one' } },
      { accepted: { id: 'buf-two' } },
    ]);
  });

  if (python === undefined) console.log('skipped: no Python here has gRPC (Debian: python3-grpcio)');

  it.skipIf(python === undefined)('the example in Python talks and plays back', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const image = join(tempFolder(), 'verbatim.binpb');
    const build = [
      join(root, 'node_modules/@bufbuild/buf/bin/buf'),
      'build',
      join(root, 'proto'),
      '-o',
      image,
    ];
    expect(spawnSync(process.execPath, build).status).toBe(0);
    const { status, out, err } = await runPython(join(root, 'examples/grpc_chat.py'), [
      gateway.address,
      image,
    ]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.split('\n')).toEqual([
      'accepted 2',
      'anna: Hello, Ben.',
      'anna: Grüße aus Python 🐍',
      'NOT_FOUND There is nobody of that name.',
      'replayed True',
      '',
    ]);
  });

  if (!hasOpenssl) console.log('skipped: there is no openssl here to make certificates with');

  it.skipIf(!hasOpenssl)('speaks TLS, and nothing else then', async () => {
    const { cert, key, ca } = makeCertificates('IP:127.0.0.1');
    const { address, running } = await startGateway(cluster, '--tls-cert', cert, '--tls-key', key);
    const who = { ...as('alice'), more: ['--cacert', ca] };
    expect((await bufCurl(address, 'verbatim.v1.AccountService/WhoAmI', [{}], who)).messages).toEqual([
      { name: 'alice' },
    ]);
    const plain = new GrpcClient(address);
    const refused = plain.ask(Health, 'check', {}, { timeoutMs: 2_000 }).catch((error: unknown) => error);
    expect(['UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(problemOf(await refused).status);
    plain.close();
    running.signal('SIGTERM');
    expect(await running.ended()).toBe(0);
  });
});

it('takes in as many as it may, and hangs up on others', async () => {
  const { address, running } = await startGateway(cluster, '--connections', '1');
  const [host, port] = address.split(':') as [string, string];
  const first = connect(Number(port), host);
  await once(first, 'connect');
  const second = connect(Number(port), host).on('error', () => undefined);
  await once(second.resume(), 'close');
  expect(first.destroyed).toBe(false);
  first.destroy();
  running.signal('SIGTERM');
  expect(await running.ended()).toBe(0);
});

it('health is what can be reached, told as it changes', async () => {
  expect(await client.ask(Health, 'check', { service: 'verbatim.v1.ChatService' })).toMatchObject({
    status: Status.SERVING,
  });
  const unknown = client.ask(Health, 'check', { service: 'verbatim.v0.None' });
  expect(await failureOf(unknown)).toMatchObject({ status: 'NOT_FOUND' });
  const heard = client.hear(Health, 'watch', {})[Symbol.asyncIterator]();
  expect((await heard.next()).value).toMatchObject({ status: Status.SERVING });
  await cluster.stop();
  expect((await heard.next()).value).toMatchObject({ status: Status.NOT_SERVING });
  gateway.running.signal('SIGTERM');
  expect(await gateway.running.ended()).toBe(0);
});
