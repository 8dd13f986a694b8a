/**
 * Somebody who means harm and speaks NATS: with what may be found out and made up, whatever they send. After each kind of
 * it nothing has crashed, nothing has leaked, nobody was made to elect, all nodes agree, and a good client is served.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeUser } from '@nats-io/jwt';
import { createAccount, createUser } from '@nats-io/nkeys';
import fc from 'fast-check';
import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { replySchema } from '../../src/protocol/answers.ts';
import { queryReplySchema } from '../../src/protocol/queries.ts';
import { password, TestCluster } from '../support/cluster.ts';
import { payloads } from '../support/payloads.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { type RawUser, rawUser } from '../support/raw-user.ts';

const payloadCount = Number(process.env.VERBATIM_PAYLOADS ?? 5_000);
const timeoutMs = 30_000 + payloadCount * 10;
const hash = 'a'.repeat(64);
const words = 'what alice tells bob and nobody else';

let cluster: TestCluster;
let mallory: RawUser;
let alice: RawUser;
/** Everything that ever reached somebody who means harm. */
const heard: string[] = [];
let round = 0;

const profile = (name: string) =>
  JSON.parse(
    readFileSync(join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', `${name}.json`), 'utf8'),
  ) as { user: string; token: string };
const overhear = (connection: NatsConnection, ...subjects: string[]) => {
  for (const subject of subjects)
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error) heard.push(message.string());
      },
    });
};
const batch = (...commands: object[]) => JSON.stringify({ after: null, clock: 0, commands });

beforeAll(async () => {
  cluster = await TestCluster.start();
  await cluster.welcome('alice', 'bob', 'mallory');
  [alice, mallory] = [await rawUser(cluster, 'alice'), await rawUser(cluster, 'mallory')];
  overhear(
    mallory.connection,
    `verbatim.push.${mallory.user}`,
    `verbatim.live.${mallory.user}`,
    'verbatim.leader',
  );
});
afterAll(async () => {
  await alice?.connection.close();
  await mallory?.connection.close();
  await cluster?.stop();
});

afterEach(async () => {
  const text = `${words} ${++round}`;
  await cluster.as('alice').done(['send', 'bob', text]);
  expect((await cluster.as('bob').done(['inbox', '--json'])).json.map((item) => item.text)).toEqual([text]);
  expect(new Set(await cluster.hashes()).size).toBe(1);
  expect((await cluster.leader()).epoch).toBe(1);
  expect(cluster.said.all.filter((line) => / died \(/.test(line))).toEqual([]);
  expect(heard.filter((said) => said.includes(words))).toEqual([]);
});

describe('an attacker', () => {
  it('gets in with nothing that is made up (P9)', async () => {
    const { user, token } = profile('alice');
    const [account, key] = [createAccount(), createUser()];
    const all = { pub: { allow: ['>'] }, sub: { allow: ['>'] } };
    const jwt = await encodeUser('alice', key, account, all, { aud: 'APP' });
    const [head = '', body = ''] = jwt.split('.');
    const unsigned = `${Buffer.from('{"typ":"JWT","alg":"none"}').toString('base64url')}.${body}.`;
    const made: Record<string, object> = {
      'a token signed by another key': { jwt, nkey: key.getPublicKey(), sig: 'AAAA' },
      'the same with a name': { jwt, user: `user:${user}:0`, pass: jwt },
      'a token without a signature': { jwt: unsigned, user: `user:${user}:0`, pass: unsigned },
      'a token cut short': { jwt: `${head}.${body}`, auth_token: jwt },
      'a token instead of a name': { auth_token: token },
      'a position that is none': { user: `user:${user}:99999999999999999`, pass: token },
      'a name with more behind it': { user: `user:${user}:0\u0000`, pass: token },
      'a secret that is no text': { user: `user:${user}:0`, pass: { $gt: '' } },
      'the hash of a token': { user: `user:${user}:0`, pass: hash },
      'the name of a service': { user: 'warden', pass: '' },
      "a service's name and a user's token": { user: 'auth', pass: token },
    };
    for (const [what, credentials] of Object.entries(made))
      await expect(RawConnection.refusal(cluster.port, credentials), what).resolves.toEqual(
        expect.any(String),
      );
  });

  it('as a guest hears and reaches nobody (P9)', async () => {
    const guest = 'g-0000000000000000';
    const connection = await RawConnection.open(cluster.port, `guest:${guest}`, '');
    const refused = [expect.stringContaining('Permissions Violation')];
    for (const subject of [
      '>',
      '*.>',
      'verbatim.*.*.*',
      '_INBOX_*.>',
      `_INBOX_${alice.user}.>`,
      `verbatim.live.${alice.user}`,
      'verbatim.typing.*',
      '$SYS.>',
      '$JS.>',
    ])
      expect(await connection.subscribe(subject), subject).toEqual(refused);
    for (const subject of [
      `verbatim.get.${alice.user}.inbox`,
      `verbatim.typing.${alice.user}`,
      'verbatim.node.beat',
      '$JS.API.INFO',
      'verbatim.ops.all.status',
    ])
      expect(await connection.publish(subject), subject).toEqual(refused);
    connection.close();
  });

  it('who turns the clock forward as far as it goes keeps nobody from being heard (P10)', async () => {
    await mallory.command(JSON.stringify({ after: null, clock: 2 ** 48, commands: [] }));
    const { clock } = await alice.command(batch());
    // It is catching: alice's next command comes with a clock beyond the one that she was told.
    const post = { type: 'PostMessage', id: 'late', to: 'mallory', text: 'later than ever' };
    const reply = await alice.command(
      JSON.stringify({ after: null, clock: Number(clock) + 1, commands: [post] }),
    );
    expect(reply).toMatchObject({ answers: [{ id: 'late' }] });
  });

  it('makes nobody believe in other nodes (P3, P9)', async () => {
    const connection = await RawConnection.open(
      cluster.port,
      `user:${mallory.user}:0`,
      profile('mallory').token,
    );
    const mark = { number: 10 ** 6, position: 10 ** 6, state: hash, version: 1 };
    const place = { node: 'n2', generation: 9, epoch: 99, number: 10 ** 6, hash };
    const forged: Record<string, object> = {
      'verbatim.node.beat': {
        ...place,
        mark,
        role: 'leader',
        successor: null,
        healthy: true,
        fit: true,
        promised: 9,
      },
      'verbatim.node.ack': { node: 'n2', generation: 1, number: 10 ** 6, hash },
      'verbatim.node.mark': { node: 'n1', generation: 1, epoch: 1, mark },
      'verbatim.node.promise': { node: 'n2', generation: 99 },
      'verbatim.node.frames.n1': { from: 1, to: 100 },
      'verbatim.node.banished': { speaker: alice.user },
      'verbatim.border.answered': {},
      'verbatim.leader': { leader: 'n9', epoch: 99 },
      'verbatim.log.1': { v: 1 },
      [`verbatim.live.${alice.user}`]: { type: 'typing', conversation: 's-1', from: 'bob' },
      [`verbatim.typing.${alice.user}`]: { conversation: 's-1' },
      '$SYS.REQ.SERVER.PING.CONNZ': {},
      '$JS.API.STREAM.DELETE.VERBATIM_1': {},
      '$JS.ACK.VERBATIM_1.x.1.1.1.1.1': {},
    };
    for (const [subject, payload] of Object.entries(forged)) {
      expect(await connection.publish(subject, '', JSON.stringify(payload)), subject).toEqual([
        expect.stringContaining('Permissions Violation'),
      ]);
    }
    connection.close();
  });

  it('speaks for nobody else, however often (P1, P9)', async () => {
    const post = { type: 'PostMessage', id: 'said-once', to: 'mallory', text: 'once' };
    const first = await alice.command(batch(post));
    const overheard = batch(post); // on its way, word for word
    const [own] = (await mallory.command(overheard)).answers as Record<string, unknown>[];
    expect(own).toMatchObject({ refused: { code: 'to-yourself' } }); // hers, not alice's
    const replies = await Promise.all(Array.from({ length: 30 }, () => alice.command(overheard)));
    for (const { answers } of replies)
      expect(answers).toEqual([{ ...(first.answers as object[])[0], duplicate: true }]);
    const [reused] = (await alice.command(batch({ ...post, text: 'twice' }))).answers as object[];
    expect(reused).toMatchObject({ refused: { code: 'id-reused' } });
  });

  it(
    `finds no words that break anything: ${payloadCount} payloads, on every subject (P10)`,
    async () => {
      const id = 'f-1';
      const commands = [
        { type: 'PostMessage', id, to: 'nobody-of-that-name', text: 'x' },
        { type: 'MarkShown', id, upTo: 1 },
        { type: 'LogOut', id, tokenHash: hash },
        { type: 'ChangePassword', id, password: 'x', newPassword: 'password', tokenHash: hash },
        { type: 'Register', id, name: 'x', password: 'password', recoveryHash: hash },
      ];
      const queries: Record<string, fc.JsonValue> = {
        whoami: {},
        users: { prefix: 'a', after: null, limit: 10 },
        inbox: { after: 0, skip: 0, limit: 10 },
        sessions: { with: null, after: 0, limit: 10 },
        transcript: { session: 's-0000000000000000', after: 0, limit: 10 },
      };
      const doors = [
        {
          say: mallory.command,
          answer: replySchema,
          right: commands.map((command): fc.JsonValue => ({ after: null, clock: 0, commands: [command] })),
        },
        ...Object.entries(queries).map(([name, query]) => ({
          say: (payload: Uint8Array) => mallory.query(name, payload),
          answer: queryReplySchema,
          right: [{ atLeast: 0, query }],
        })),
      ];
      type Say = RawUser['command'];
      const ask = async (say: Say, payload: Uint8Array): Promise<unknown> => {
        const reply = await say(payload);
        if ((reply as { refused?: { code: string } }).refused?.code !== 'not-now') return reply;
        await pause(50); // as every client: who goes on is sent away, and that is another test
        return await ask(say, payload);
      };
      for (const { say, answer, right } of doors) {
        const property = fc.asyncProperty(payloads(right), async (payload) => {
          expect(answer.safeParse(await ask(say, payload)).error?.issues).toBeUndefined();
        });
        await fc.assert(property, { numRuns: Math.ceil(payloadCount / doors.length) });
      }
    },
    timeoutMs,
  );

  it('is sent away for a while who sends more than anybody needs', async () => {
    await cluster.welcome('trudy');
    const { user, token } = profile('trudy');
    const flooder = await RawConnection.open(cluster.port, `user:${user}:0`, token);
    const gone = flooder.ended();
    flooder.flood(`verbatim.cmd.${user}.c-1`, '{}', 20_000);
    await gone;
    await cluster.said.next(`${user} asks for more than any client needs`);
    // Who comes back before all nodes have heard of it is ended again.
    const comeBack = async (): Promise<never> => {
      for (;;) await (await RawConnection.open(cluster.port, `user:${user}:0`, token)).ended();
    };
    await expect(comeBack()).rejects.toThrow('Authorization Violation');
  });

  it('finds no secret in any file, nor in anything that was said', async () => {
    const secrets = [password, profile('alice').token, profile('mallory').token];
    const { calloutIssuer: _, ...made } = JSON.parse(
      readFileSync(join(cluster.data, 'secrets.json'), 'utf8'),
    ) as Record<string, string>;
    const own = Object.values(made); // the cluster's, in a file of their own
    expect(own).toHaveLength(8);
    const files = readdirSync(cluster.data, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    expect(files.length).toBeGreaterThan(10);
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(join(parentPath, name));
      for (const secret of secrets) expect(bytes.includes(secret), `${parentPath}/${name}`).toBe(false);
      if (name === 'secrets.json') continue;
      for (const secret of own) expect(bytes.includes(secret), `${parentPath}/${name}`).toBe(false);
    }
    const log = await cluster.as('operator').done(['log', '--json']);
    const said = [...cluster.said.all, ...cluster.told.all, log.stdout].join('\n');
    for (const secret of [...secrets, ...own]) expect(said.includes(secret)).toBe(false);
  });
});
