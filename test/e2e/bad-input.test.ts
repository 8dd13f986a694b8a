/** Bad input of any kind: one clear sentence, the right exit status, and nothing has changed (P10). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { password, TestCluster } from '../support/cluster.ts';
import { freePort } from '../support/free-port.ts';
import { rawUser } from '../support/raw-user.ts';

const sentence = /^error: [a-z-]+: [^\n]+\n$/;

interface Case {
  readonly what: string;
  readonly args: readonly string[];
  readonly input?: string | Uint8Array;
  readonly status: 1 | 2;
  readonly code: string;
}

describe('bad input to a cluster that runs', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let before: unknown[];

  beforeAll(async () => {
    cluster = await TestCluster.start();
    [alice] = (await cluster.welcome('alice', 'bob')) as [Cli];
    await alice.done(['send', 'bob', 'hello']);
    before = await cluster.hashes();
  });
  afterAll(async () => {
    expect(await cluster.hashes()).toEqual(before);
    await cluster.stop();
  });

  const long = 'x'.repeat(10_000);
  const cases: readonly Case[] = [
    { what: 'an unknown command', args: ['sned', 'bob', 'hi'], status: 2, code: 'usage' },
    {
      what: 'an unknown command, of which help is wanted',
      args: ['sned', '--help'],
      status: 2,
      code: 'usage',
    },
    { what: 'help on an unknown command', args: ['help', 'sned'], status: 2, code: 'usage' },
    { what: 'an unknown option', args: ['send', 'bob', 'hi', '--jsno'], status: 2, code: 'usage' },
    { what: 'a missing argument', args: ['send', 'bob'], status: 2, code: 'usage' },
    { what: 'too many arguments', args: ['send', 'bob', 'hi', 'there'], status: 2, code: 'usage' },
    { what: 'an option of the wrong type', args: ['log', '--from', 'here'], status: 2, code: 'usage' },
    { what: 'a bound that is exceeded', args: ['whoami', '--timeout', '0s'], status: 2, code: 'usage' },
    { what: 'an address that is none', args: ['whoami', '--servers', 'here'], status: 2, code: 'usage' },
    {
      what: 'a profile that leads elsewhere',
      args: ['whoami', '--profile', '../../passwd'],
      status: 2,
      code: 'usage',
    },
    {
      what: 'a range that ends before it begins',
      args: ['log', '--from', '9', '--to', '3'],
      status: 2,
      code: 'usage',
    },
    {
      what: 'two passwords where one is expected',
      args: ['register', 'eve', '--password-stdin'],
      input: 'a\nb\n',
      status: 2,
      code: 'usage',
    },
    {
      what: 'a name of 10,000 characters',
      args: ['register', long, '--password-stdin'],
      input: password,
      status: 1,
      code: 'malformed',
    },
    {
      what: 'control characters in a name',
      args: ['register', 'e\x1b[31mve', '--password-stdin'],
      input: password,
      status: 1,
      code: 'malformed',
    },
    {
      what: 'a password that is too short',
      args: ['register', 'eve', '--password-stdin'],
      input: 'short',
      status: 1,
      code: 'malformed',
    },
    { what: 'somebody of 10,000 characters', args: ['send', long, 'hi'], status: 1, code: 'malformed' },
    {
      what: 'a prefix of 10,000 characters',
      args: ['users', '--prefix', long],
      status: 1,
      code: 'malformed',
    },
    {
      what: 'a message above the limit',
      args: ['send', 'bob', 'x'.repeat(16_385)],
      status: 1,
      code: 'too-large',
    },
    {
      what: 'a line far above the limit',
      args: ['send', 'bob', '-'],
      input: 'x'.repeat(3_000_000),
      status: 1,
      code: 'too-large',
    },
    {
      what: 'a line that is not UTF-8',
      args: ['send', 'bob', '-'],
      input: Buffer.from([0x68, 0xff, 0x0a]),
      status: 1,
      code: 'malformed',
    },
    { what: 'an empty message', args: ['send', 'bob', ''], status: 1, code: 'malformed' },
    {
      what: 'an id of other characters',
      args: ['send', 'bob', 'hi', '--id', 'a b'],
      status: 2,
      code: 'usage',
    },
    {
      what: 'an id that is too long',
      args: ['send', 'bob', 'hi', '--id', 'x'.repeat(65)],
      status: 2,
      code: 'usage',
    },
    {
      what: 'an id that leaves no room for the number of a line',
      args: ['send', 'bob', '-', '--id', 'x'.repeat(63)],
      input: 'hi',
      status: 2,
      code: 'usage',
    },
    {
      what: 'a speed that is none',
      args: ['replay', '--session', 's-none', '--speed', '0'],
      status: 2,
      code: 'usage',
    },
    {
      what: 'a moment that is none',
      args: ['replay', '--session', 's-none', '--from', 'noon'],
      status: 2,
      code: 'usage',
    },
    {
      what: 'a moment that no calendar has',
      args: ['replay', '--session', 's-none', '--to', '2026-13-41'],
      status: 2,
      code: 'usage',
    },
    {
      what: 'a pause without a unit',
      args: ['replay', '--session', 's-none', '--max-gap', '3'],
      status: 2,
      code: 'usage',
    },
    { what: 'a node that cannot be one', args: ['log', '--node', 'N 1.>'], status: 2, code: 'usage' },
    {
      what: 'an unknown session',
      args: ['transcript', '--session', 's-0000000000000000'],
      status: 1,
      code: 'unknown-session',
    },
    {
      what: 'a session of 10,000 characters',
      args: ['replay', '--session', long],
      status: 1,
      code: 'malformed',
    },
    { what: 'an unknown user', args: ['sessions', '--with', 'nobody'], status: 1, code: 'unknown-user' },
    {
      what: 'an unknown session, for the operator',
      args: ['state', '--session', 's-none'],
      status: 1,
      code: 'unknown-session',
    },
    {
      what: 'an unknown type of event',
      args: ['log', '--type', 'MessagePasted'],
      status: 1,
      code: 'malformed',
    },
    {
      what: 'a folder that holds no data',
      args: ['verify', '--data', '/etc'],
      status: 1,
      code: 'data-unusable',
    },
  ];

  it.each(cases)('$what', async ({ args, input, status, code }) => {
    const ended = await alice.run(args, input === undefined ? {} : { input });
    expect(ended.stderr).toMatch(sentence);
    expect(ended.stderr).toContain(`error: ${code}: `);
    expect(ended.stderr.length).toBeLessThan(1_000);
    expect({ status: ended.status, stdout: ended.stdout }).toEqual({ status, stdout: '' });
  });

  it('the nearest match is named, and with --json an error is an object', async () => {
    for (const args of [['sned'], ['sned', '--help'], ['help', 'sned'], ['--json', 'sned', 'bob']])
      expect((await alice.run(args)).stderr).toContain('Did you mean send?');
    expect((await alice.run(['inbox', '--folow'])).stderr).toContain('Did you mean --follow?');
    const ended = await alice.run(['transcript', '--session', 's-none', '--json']);
    expect(JSON.parse(ended.stderr)).toEqual({
      error: { code: 'unknown-session', message: expect.any(String) },
    });
  });

  it('malformed JSON and wrong types, from a program of somebody else', async () => {
    const { connection, command, query } = await rawUser(cluster, 'alice');
    const text = { type: 'PostMessage', id: 'm-1', to: 'bob', text: 'hi' };
    const batch = (...commands: unknown[]) => JSON.stringify({ after: null, clock: 0, commands });
    const malformed = { code: 'malformed', message: expect.any(String) };
    for (const payload of [
      '{',
      '',
      'null',
      '[]',
      '{"after":1}',
      batch().replace('0', '"0"'),
      `${'['.repeat(9_999)}`,
    ]) {
      expect(await command(payload)).toMatchObject({ refused: malformed });
    }
    const commands = [
      null,
      7,
      { ...text, type: 'Drop' },
      { ...text, to: 7 },
      { ...text, text: [] },
      { ...text, more: 1 },
      { ...text, id: '' },
    ];
    for (const one of commands)
      expect(await command(batch(one))).toMatchObject({ answers: [{ refused: malformed }] });
    const id = 'x'.repeat(100); // whoever asks knows the answer by it
    expect(await command(batch({ ...text, id }))).toMatchObject({ answers: [{ id, refused: malformed }] });
    for (const payload of ['{', '{"atLeast":-1,"query":{}}', '{"atLeast":0,"query":{"limit":"all"}}']) {
      expect(await query('users', payload)).toMatchObject({ refused: malformed });
    }
    expect(await query('everything', '{}')).toMatchObject({ refused: malformed });
    await connection.close();
  });

  it('lines around a bad one are sent, in order, and told', async () => {
    expect(await cluster.hashes()).toEqual(before);
    const ended = await alice.run(['send', 'bob', '-', '--json', '--id', `run-${Date.now()}`], {
      input: Buffer.concat([Buffer.from('good\n'), Buffer.from([0xff, 0x0a]), Buffer.from('good too\n')]),
    });
    expect(ended.status).toBe(1);
    expect(ended.json.map(({ id }) => String(id).replace(/^run-\d+/, ''))).toEqual(['.1', '.3']);
    expect(ended.stderr.split('\n')).toEqual([expect.stringContaining('line 2: it is not UTF-8'), '']);
    before = await cluster.hashes(); // these were not all bad
  });

  it.each([
    ['{"user":', 'Unexpected end of JSON input'],
    ['null', 'it is not a profile'],
    ['[]', 'it is not a profile'],
    ['{"user":"u-1","name":"alice","token":7,"position":-1}', 'it is not a profile'],
  ])('a profile that is damaged: %s', async (profile, why) => {
    const path = join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', 'damaged.json');
    writeFileSync(path, profile);
    const { status, stderr } = await cluster.as('damaged').run(['whoami']);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `error: profile-unusable: ${path} cannot be used (${why}); remove it and log in again\n`,
    });
  });

  it("another cluster's operator", async () => {
    const env = { VERBATIM_OPERATOR_PASSWORD: 'guessed' };
    expect((await alice.run(['status'], { env })).stderr).toMatch(/^error: wrong-credentials: /);
    const own = {
      VERBATIM_OPERATOR_PASSWORD: cluster.secret('operatorPassword'),
      VERBATIM_DATA: '/nowhere',
      VERBATIM_SERVERS: cluster.url,
    };
    expect((await alice.run(['status'], { env: own })).status).toBe(0);
  });

  it('a second cluster in the folder of one that runs', async () => {
    const { status, stderr } = await alice.run(['up', '--port', String(await freePort())]);
    expect(status).toBe(1);
    expect(stderr).toBe(`error: data-unusable: ${cluster.data} is in use by the cluster at ${cluster.url}\n`);
  });
});
