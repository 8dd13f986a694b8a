/** The chat without a screen, in a pipe and on a terminal; and `npm start`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cli } from '../support/cli.ts';
import { ownEnvironment, password, TestCluster } from '../support/cluster.ts';
import { freePort } from '../support/free-port.ts';
import { hasTmux, Terminal } from '../support/terminal.ts';

describe('the chat', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await TestCluster.start('--min-copies', '2'); // one node alone does not lead
    await cluster.welcome('bob');
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('does in a pipe what it does on a terminal', async () => {
    const [dave] = (await cluster.welcome('dave')) as [Cli];
    const chat = dave.start(['chat', '--with', 'bob', '--json']);
    chat.type('hi');
    const said = JSON.parse(await chat.out.next('hi')) as { session: string };
    await cluster.as('bob').done(['send', 'dave', 'a line\nbreak and \x1b[2J']);
    expect(JSON.parse(await chat.out.next('break'))).toMatchObject({
      from: 'bob',
      text: 'a line\nbreak and \x1b[2J',
      session: said.session,
    });
    for (const line of [
      '/users b',
      '/sessions',
      '/transcript',
      '/sesions',
      '//slash',
      '/logout',
      'never said',
    ])
      chat.type(line);
    expect(await chat.ended()).toBe(1);
    expect(chat.err.all).toEqual([expect.stringContaining('did you mean /sessions?')]);
    const printed = chat.out.all.slice(2).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(printed[0]).toMatchObject({ name: 'bob' });
    expect(printed[1]).toMatchObject({ session: said.session, messages: 2 });
    expect(printed.slice(2).map(({ text }) => text)).toEqual(['hi', 'a line\nbreak and \x1b[2J', '/slash']);
    expect((await dave.run(['whoami'])).status).toBe(1);
  });

  it('talks with nobody who does not exist, and not with oneself', async () => {
    const [gina] = (await cluster.welcome('gina')) as [Cli];
    const input = '/msg zed\n/msg GINA\nto whom?\n/msg BOB\nhi\n';
    const { status, lines, stderr } = await gina.run(['chat'], { input });
    expect({ status, lines }).toEqual({ status: 1, lines: [expect.stringMatching(/^gina: 'hi'/)] });
    expect(stderr.match(/^error: [a-z-]+|^talking .*/gm)).toEqual([
      'error: unknown-user',
      'error: to-yourself',
      'error: no-partner',
      'talking with bob now',
    ]);
    for (const [name, code] of [
      ['zed', 'unknown-user'],
      ['gina', 'to-yourself'],
    ] as const) {
      const refused = await gina.run(['chat', '--with', name], { input: 'never said\n' });
      expect(refused).toMatchObject({
        status: 1,
        lines: [],
        stderr: expect.stringContaining(`error: ${code}: `),
      });
    }
  });

  it('in a pipe waits no longer than --timeout, whatever was typed (P6)', async () => {
    const [frank] = (await cluster.welcome('frank')) as [Cli];
    const nodes = ['n1', 'n2', 'n3'];
    for (const [typed, code] of [
      ['/users', 'not-sent'],
      ['/replay', 'not-sent'],
      ['/logout', 'outcome-unknown'],
    ] as const) {
      const chat = frank.start(['chat', '--with', 'bob', '--timeout', '2s']);
      chat.type('is anybody there?');
      await chat.out.next('is anybody there?');
      cluster.signal('SIGSTOP', ...nodes); // nobody answers, and nobody can say so
      for (const line of [typed, 'never said']) chat.type(line);
      const status = await chat.ended();
      cluster.signal('SIGCONT', ...nodes);
      expect({ status, told: chat.err.all.filter((line) => line.startsWith('error: ')) }).toEqual({
        status: 3,
        told: [expect.stringMatching(`^error: ${code}: `)],
      });
      await frank.run(['whoami', '--timeout', '30s']); // until they are awake again
    }
  });

  it('asks in a pipe too, and shows others nothing that a terminal would obey', async () => {
    const eve = cluster.as('eve');
    const answers = [
      'maybe',
      'n',
      'e v e',
      'bob',
      'short',
      password,
      `${password}!`,
      password,
      password,
      'eve',
    ];
    const input = [...answers, '/msg bob hello', '/quit', ''].join('\n');
    const ended = await eve.done(['chat'], { input });
    expect(ended.stderr.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^A name is made of letters, /),
        'A password has at least 8 characters.',
        'The two differ; once more.',
        'Somebody already has that name; choose another one.',
      ]),
    );
    expect(ended.stderr).toContain('recovery code');
    expect(ended.lines).toEqual([expect.stringMatching(/^eve: 'hello'; sent at /)]);
    await cluster.as('bob').done(['send', 'eve', 'x\x1b[31m\u202ey']);
    expect((await eve.done(['inbox'])).lines).toEqual([
      expect.stringMatching(/^bob: 'x\\x1b\[31m\\u\{202e\}y'; sent at /),
    ]);
  });
});

describe('a chat in plain lines on a terminal', () => {
  it.skipIf(!hasTmux)('draws nothing anew, and takes nothing while nobody leads (P6)', async () => {
    const cluster = await TestCluster.start('--min-copies', '2'); // one node alone does not lead
    await cluster.welcome('bob');
    const terminal = await Terminal.open(['chat', '--profile', 'bob', '--accessible'], cluster.env);
    await terminal.shows('you are bob');
    const { node: leader } = await cluster.leader();
    const other = leader === 'n1' ? 'n2' : 'n1';
    cluster.signal('SIGSTOP', leader, other);
    await terminal.shows('nobody leads at present');
    await terminal.enter('/users');
    await terminal.shows('not taken');
    cluster.signal('SIGCONT', leader, other);
    await terminal.shows('there is a leader; go on');
    await terminal.enter('/users b');
    await terminal.shows(/^bob online$/m);
    await terminal.enter('/quit');
    await terminal.shows('exit status 0');
    await cluster.stop();
  });
});

describe('npm start', () => {
  it('without a terminal stays up and says how to join', async () => {
    const env = { ...ownEnvironment(), VERBATIM_DATA: join(ownEnvironment().HOME!, 'data') };
    const start = new Cli(env).start(['start', '--port', String(await freePort())]);
    const how = await start.out.next('join from another terminal');
    expect(how).toContain('npm run chat');
    start.signal('SIGTERM');
    expect(await start.ended()).toBe(0);
    expect(start.err.all.at(-1)).toBe('stopped');
  });

  it.skipIf(!hasTmux)(
    'on a terminal goes straight into the chat, and leaving stops what it started',
    async () => {
      const env = { ...ownEnvironment(), VERBATIM_DATA: join(ownEnvironment().HOME!, 'data') };
      const port = await freePort();
      const terminal = await Terminal.open(['start', '--port', String(port)], env);
      const start = await terminal.shows('Do you have an account here?');
      expect(start).toContain(
        `Others join with: npm run chat -- --servers nats://127.0.0.1:${port} --profile`,
      );
      expect(start).toContain('Leaving this chat stops the cluster.');
      for (const answer of ['n', 'alice', password, password, '']) await terminal.enter(answer); // typed ahead
      expect(await terminal.shows('you are alice')).not.toContain(password);

      const guest = { ...env, VERBATIM_PROFILE: 'bob' };
      await new Cli(guest).done(['register', 'bob', '--password-stdin'], { input: password });
      await new Cli(guest).done(['login', 'bob', '--password-stdin'], { input: password });
      const listening = new Cli(guest).start(['inbox', '--follow']);
      await terminal.enter('/msg bob hi');
      await listening.out.next("alice: 'hi'");
      const second = await Terminal.open(['start', '--port', String(port)], env);
      expect(await second.shows('you are alice')).toMatch(/leaving\s.*it stops nothing/);
      await second.enter('/quit');
      await second.shows('exit status 0');

      await terminal.enter('/quit');
      await terminal.shows('1 other client is connected and would lose the cluster.');
      await terminal.enter('y');
      const screen = await terminal.shows('exit status 0');
      expect(screen).not.toMatch(/n\d: n\d leads/);
      expect(readFileSync(join(env.VERBATIM_DATA, 'verbatim.log'), 'utf8')).toMatch(/n\d: n\d leads epoch 1/);
      listening.signal('SIGINT');
      expect(await listening.ended()).toBe(0);
      const whoami = await new Cli(guest).run(['whoami']);
      expect(whoami.stderr).toContain(`no server answers at nats://127.0.0.1:${port}`);
    },
  );

  it.skipIf(!hasTmux)('goes on without its chat, for the sake of others, until Ctrl-C', async () => {
    const env = { ...ownEnvironment(), VERBATIM_DATA: join(ownEnvironment().HOME!, 'data') };
    const terminal = await Terminal.open(['start', '--port', String(await freePort())], env);
    await terminal.shows('Do you have an account here?');
    for (const answer of ['n', 'alice', password, password, '']) await terminal.enter(answer);
    await terminal.shows('you are alice');
    const bob = new Cli({ ...env, VERBATIM_PROFILE: 'bob' });
    await bob.done(['register', 'bob', '--password-stdin'], { input: password });
    await bob.done(['login', 'bob', '--password-stdin'], { input: password });
    const listening = bob.start(['inbox', '--follow']);
    await terminal.enter('/msg bob bye');
    await listening.out.next("alice: 'bye'");

    await terminal.enter('/logout');
    await terminal.shows('Stop it? [y/N]');
    await terminal.press('Enter');
    await terminal.shows('goes on without you; Ctrl-C stops it');
    await bob.done(['whoami']);
    await terminal.press('C-c');
    await terminal.shows(/^stopped\nexit status 0/m);
    listening.signal('SIGINT');
    await listening.ended();
  });
});
