/** The gRPC gateway when things go wrong: there, here, and on purpose. */
import { connect } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GrpcClient, problemOf } from '../../src/gateways/grpc/client.ts';
import { AccountService } from '../../src/gateways/grpc/generated/verbatim/v1/accounts_pb.js';
import {
  ChatService,
  Delivery,
  FollowInboxRequestSchema,
} from '../../src/gateways/grpc/generated/verbatim/v1/chat_pb.js';
import { encode } from '../../src/gateways/grpc/service.ts';
import { TestCluster } from '../support/cluster.ts';
import { failureOf, type GatewayProcess, startGateway, welcome } from '../support/grpc.ts';
import { framed, RawGrpc } from '../support/raw-grpc.ts';

let cluster: TestCluster;
let gateway: GatewayProcess;
let client: GrpcClient;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  cluster = await TestCluster.start('--no-restart', '--min-copies', '2');
  gateway = await startGateway(cluster, '--timeout', '5s');
  client = new GrpcClient(gateway.address);
  for (const name of ['alice', 'bob', 'carol', 'slow']) tokens[name] = await welcome(client, name);
});
afterAll(async () => {
  client?.close();
  gateway?.running.signal('SIGTERM');
  await cluster?.stop();
});

const as = (name: string) => ({ token: tokens[name]!, timeoutMs: 30_000 });
const outgoing = (to: string, text: string, id = '') => ({
  addressee: { case: 'to' as const, value: to },
  text,
  id,
});
const send = (text: string, { id = '', timeoutMs = 5_000, to = 'carol' } = {}) =>
  client.ask(ChatService, 'send', { message: outgoing(to, text, id) }, { ...as('alice'), timeoutMs });

/** The texts of a queue's first items, from where it was not delivered before. */
async function textsOf(name: string, count: number): Promise<string[]> {
  const texts: string[] = [];
  const heard = client.hear(ChatService, 'followInbox', {}, as(name));
  for await (const { event } of heard) {
    if (event.case === 'item') texts.push(event.value.message?.text ?? '');
    if (texts.length === count) break;
    if (event.case === 'item')
      await client.ask(ChatService, 'takeItems', { upTo: event.value.place }, as(name));
  }
  heard.cancel();
  return texts;
}

describe('bad input gets a status, changes nothing and disturbs nobody (P10)', () => {
  const bearer = () => ({ authorization: `Bearer ${tokens.alice}` });
  const sendPath = '/verbatim.v1.ChatService/Send';
  /** A message for carol whose text is no UTF-8. */
  const notUtf8 = Buffer.concat([
    Buffer.from([0x0a, 13, 0x0a, 5]),
    Buffer.from('carol'),
    Buffer.from([0x1a, 4, 0xff, 0xfe, 0x80, 0x41]),
  ]);

  it.each<[string, string, () => Buffer, number | undefined, Record<string, string>?]>([
    [
      'bytes that are no message',
      sendPath,
      () => framed(Buffer.from('ffffffffff', 'hex')),
      status.INVALID_ARGUMENT,
    ],
    [
      'a position that no trailer said',
      '/verbatim.v1.AccountService/WhoAmI',
      () => framed(Buffer.alloc(0)),
      status.INVALID_ARGUMENT,
      { 'verbatim-position': String(2 ** 52) },
    ],
    ['text that is no UTF-8', sendPath, () => framed(notUtf8), status.INVALID_ARGUMENT],
    ['a message too large', sendPath, () => framed(Buffer.alloc(100_000)), status.RESOURCE_EXHAUSTED],
    [
      'a length beyond all bounds',
      sendPath,
      () => framed(Buffer.alloc(9), { said: 2 ** 32 - 1 }),
      status.RESOURCE_EXHAUSTED,
    ],
    ['less than was said', sendPath, () => framed(Buffer.alloc(9), { said: 99 }), status.UNIMPLEMENTED],
    ['nothing at all', sendPath, () => Buffer.alloc(0), status.UNIMPLEMENTED],
    ['a request without a message', sendPath, () => framed(Buffer.alloc(0)), status.INVALID_ARGUMENT],
    [
      'what claims to be compressed',
      sendPath,
      () => framed(Buffer.alloc(9), { flag: 1 }),
      status.INVALID_ARGUMENT,
    ],
    [
      'an unknown method',
      '/verbatim.v1.ChatService/Shout',
      () => framed(Buffer.alloc(0)),
      status.UNIMPLEMENTED,
    ],
    ['an unknown service', '/verbatim.v9.Chat/Send', () => framed(Buffer.alloc(0)), status.UNIMPLEMENTED],
    [
      'no token',
      sendPath,
      () => framed(Buffer.from([0x0a, 0])),
      status.UNAUTHENTICATED,
      { authorization: '' },
    ],
    [
      'no such token',
      sendPath,
      () => framed(Buffer.from([0x0a, 0])),
      status.UNAUTHENTICATED,
      { authorization: 'Bearer ../../etc' },
    ],
    [
      'a deadline that is none',
      sendPath,
      () => framed(Buffer.from([0x0a, 0])),
      status.INTERNAL,
      { 'grpc-timeout': 'soon' },
    ],
    [
      'another type of content',
      sendPath,
      () => framed(Buffer.alloc(0)),
      undefined,
      { 'content-type': 'text/html' },
    ],
  ])('%s', async (_what, path, body, code, headers = {}) => {
    const raw = new RawGrpc(gateway.address);
    const answer = await raw.call(path, body(), { ...bearer(), ...headers });
    expect({ what: _what, code: answer.code }).toEqual({ what: _what, code });
    raw.close();
  });

  it('a token of somebody else, a foreign one, and one under which nobody came', async () => {
    const { user } = /(?<user>.*)\./.exec(tokens.alice!)!.groups!;
    const foreign = `${user}.${tokens.bob!.split('.').at(-1)}`;
    for (const token of [foreign, `u-0000000000000000.${'A'.repeat(43)}`])
      expect(await failureOf(client.ask(AccountService, 'whoAmI', {}, { token }))).toMatchObject({
        status: 'UNAUTHENTICATED',
        reason: 'NOT_LOGGED_IN',
      });
  });

  it('bytes that are no HTTP/2 at all, and connections that are cut', async () => {
    for (const bytes of [
      'GET / HTTP/1.1\r\n\r\n',
      '\0'.repeat(100),
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\xff\xff\xff\xff',
    ]) {
      const socket = connect(Number(gateway.address.split(':')[1]), '127.0.0.1');
      socket.write(bytes, 'latin1');
      socket.end();
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.resume().once('close', resolve));
    }
  });

  it('more streams than there is room for; others go on', async () => {
    const crowd = new GrpcClient(gateway.address, { 'grpc.use_local_subchannel_pool': 1 });
    const heard = Array.from({ length: 40 }, () => crowd.hear(ChatService, 'followInbox', {}, as('bob')));
    const statuses = await Promise.all(
      heard.map(async (one) => {
        try {
          for await (const { event } of one) return event.case;
        } catch (error) {
          return problemOf(error).reason;
        }
        return 'nothing';
      }),
    );
    expect(new Set(statuses)).toEqual(new Set(['following', 'TOO_MANY']));
    expect(statuses.filter((one) => one === 'following')).toHaveLength(16);
    await send('while others crowd');
    crowd.close();
  });

  it('all that left one message', async () => {
    expect(await textsOf('carol', 1)).toEqual(['while others crowd']);
    const { sessions } = await client.ask(ChatService, 'listSessions', {}, as('alice'));
    expect(sessions.map(({ messages }) => messages)).toEqual([1n]);
  });
});

describe('time', () => {
  it('a deadline that has passed: the outcome is unknown, and the same id finds out (P6)', async () => {
    for (const timeoutMs of [0, 1]) {
      const { status } = await failureOf(send('in no time', { id: 'no-time', timeoutMs, to: 'bob' }));
      expect(['DEADLINE_EXCEEDED', 'UNAVAILABLE']).toContain(status);
    }
    const { receipt } = await send('in no time', { id: 'no-time', to: 'bob' });
    expect(receipt).toMatchObject({ id: 'no-time' });
    expect(await textsOf('bob', 1)).toEqual(['in no time']);
  });

  it('a follower that does not read holds up its own queue, and nothing else (P4)', async () => {
    const raw = new RawGrpc(gateway.address);
    const headers = { authorization: `Bearer ${tokens.slow}` };
    const stream = raw.open('/verbatim.v1.ChatService/FollowInbox', headers);
    stream.end(framed(encode(FollowInboxRequestSchema, { delivery: Delivery.WRITTEN })));
    const many = client.tell(ChatService, 'sendMany', as('alice'));
    const count = 200;
    for (let index = 0; index < count; index++)
      await many.say({ message: outgoing('slow', `${index} ${'x'.repeat(12_000)}`, `slow-${index}`) });
    many.end();
    expect(await many.answer).toMatchObject({ accepted: BigInt(count) });
    raw.close();
    const heard = client.hear(ChatService, 'followInbox', {}, as('slow'));
    const indexes: number[] = [];
    for await (const { event } of heard) {
      if (event.case !== 'item') continue;
      indexes.push(Number.parseInt(event.value.message!.text, 10));
      if (indexes.at(-1) === count - 1) break;
    }
    heard.cancel();
    expect(indexes[0]).toBeLessThan(40); // what HTTP/2 took before: its window and a few buffers
    expect(indexes).toEqual(Array.from({ length: count - indexes[0]! }, (_, at) => indexes[0]! + at));
  });
});

describe('without a leader', () => {
  it('a failover is a pause: nothing lost, repeated or failed (P1, P4, P6)', async () => {
    const follower = client.hear(ChatService, 'followInbox', {}, as('bob'));
    const chat = client.talk(ChatService, 'chat', as('alice'));
    const count = 60;
    const texts = Array.from({ length: count }, (_, index) => `over ${index}`);
    const shown: string[] = [];
    const showing = (async () => {
      for await (const { event } of follower) {
        if (event.case !== 'item') continue;
        if (event.value.message?.text.startsWith('over')) shown.push(event.value.message.text);
        if (shown.length === count) return;
      }
    })();
    const accepted: string[] = [];
    const answers = (async () => {
      for await (const { event } of chat.heard) {
        if (event.case === 'refused') throw new Error(event.value.problem?.reason);
        if (event.case === 'accepted') accepted.push(event.value.id);
        if (accepted.length === count) return;
      }
    })();
    for (const [index, text] of texts.entries()) {
      if (index === count / 2) await cluster.killLeader();
      await chat.say({ event: { case: 'send', value: outgoing('bob', text, `over-${index}`) } });
    }
    await Promise.all([answers, showing]);
    expect(accepted).toEqual(texts.map((_, index) => `over-${index}`));
    expect(shown).toEqual(texts);
    chat.end();
    follower.cancel();
  });

  it('nothing is done, said to be so, with when to try again; questions are answered (P6)', async () => {
    await cluster.kill((await cluster.leader()).node);
    const failure = await failureOf(send('to nobody', { id: 'leaderless', timeoutMs: 1_500 }));
    expect(failure).toMatchObject({
      status: 'UNAVAILABLE',
      reason: 'UNAVAILABLE',
      retryMs: expect.any(Number),
      metadata: { outcome: 'not-done' },
    });
    expect(await client.ask(AccountService, 'whoAmI', {}, as('alice'))).toMatchObject({ name: 'alice' });
  });

  it('a gateway that is stopped says so to its streams, and ends', async () => {
    const heard = client.hear(ChatService, 'followInbox', {}, as('bob'))[Symbol.asyncIterator]();
    expect((await heard.next()).value?.event.case).toBe('following');
    gateway.running.signal('SIGTERM');
    const ending = (async () => {
      while (!(await heard.next()).done);
    })();
    expect(await failureOf(ending)).toMatchObject({ status: 'UNAVAILABLE', reason: 'GOING_AWAY' });
    expect(await gateway.running.ended()).toBe(0);
  });
});
