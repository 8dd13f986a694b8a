/** The chat, as people use it: in a terminal, from the first question on; and in a pipe. */
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

  it.skipIf(!hasTmux)(
    'takes a stranger from the first question to a conversation that outlives its leader (P4, P6)',
    async () => {
      const alice = await Terminal.open(['chat', '--profile', 'alice', '--with', 'bob'], cluster.env);
      await alice.shows('Do you have an account here?');
      await alice.enter('n');
      await alice.shows('Choose a name:');
      await alice.enter('alice');
      await alice.shows('Choose a password');
      await alice.enter(password);
      await alice.shows('Once more:');
      await alice.enter(password);
      expect(await alice.shows('you are alice')).not.toContain(password);
      expect(await alice.shows('bob>')).toContain('recovery code');

      const bob = await Terminal.open(['chat', '--profile', 'bob'], cluster.env);
      await bob.shows('you are bob');
      await alice.enter('hello, bob');
      await bob.shows(/^alice: 'hello, bob'; sent at /m);
      await bob.enter('/msg alice hello yourself');
      await alice.shows(/^bob: 'hello yourself'; sent at /m);

      await alice.type('half a sen');
      await alice.shows('bob> half a sen');
      const { killed, epoch } = await cluster.killLeader();
      await alice.shows('typing is off until somebody does');
      await alice.shows('there is a leader; go on');
      await alice.shows('bob> half a sen');
      await alice.enter('tence');
      await bob.shows(/^alice: 'half a sentence'; sent at /m);

      await alice.enter('/transcript');
      const screen = await alice.shows(/'half a sentence'.*'half a sentence'/s);
      expect(screen.match(/'hello, bob'/g)).toHaveLength(2); // once as it was said, once in the transcript
      await bob.press('C-d');
      await bob.shows('exit status 0');
      await alice.enter('/delete account');
      await alice.shows('Type the name to confirm');
      await alice.type('ali');
      await alice.press('C-c');
      await alice.shows(/^nothing was deleted\nbob>$/m);
      await alice.enter('/delete account');
      await alice.shows('Type the name to confirm');
      await alice.enter('alice');
      expect(await alice.shows('exit status 0')).toContain('deleted alice');
      await cluster.saysWhoLeads(epoch, killed); // it is back: what follows needs a node that knows who led
    },
  );

  it.skipIf(!hasTmux)('takes nothing while there is no leader: what is typed then is gone (P6)', async () => {
    await cluster.welcome('carol');
    const terminal = await Terminal.open(['chat', '--profile', 'bob', '--with', 'carol'], cluster.env);
    await terminal.shows('carol>');
    await terminal.type('before ');
    await terminal.shows('carol> before');
    const { node: leader } = await cluster.leader();
    const other = leader === 'n1' ? 'n2' : 'n1';
    cluster.signal('SIGSTOP', leader, other);
    await terminal.shows('(no leader) before');
    await terminal.enter('lost');
    await terminal.enter('/users');
    await terminal.shows('not now: ');
    await terminal.enter('/help');
    await terminal.shows(/delete your account.*\(no leader\) before$/s);
    expect((await cluster.status()).status).toBe(3); // still, so nobody led while that was typed
    cluster.signal('SIGCONT', other); // the old leader would lead for a moment still
    await terminal.shows('there is a leader; go on');
    await terminal.enter('after');
    const screen = await terminal.shows(/^bob: '.*'; sent at /m);
    expect(screen).toContain("bob: 'before after'");
    expect(screen).not.toContain('lost');
    cluster.signal('SIGCONT', leader);
    await terminal.press('C-c');
    await terminal.shows('exit status 0');
  });

  it.skipIf(!hasTmux)('takes nobody else off the screen when what was typed comes back', async () => {
    const terminal = await Terminal.open(['chat', '--profile', 'bob', '--with', 'carol'], cluster.env);
    await terminal.shows('carol>');
    const { node: leader } = await cluster.leader();
    const others = ['n1', 'n2', 'n3'].filter((node) => node !== leader);
    cluster.signal('SIGSTOP', leader, ...others); // nobody says that nobody leads
    await terminal.enter('on its way');
    cluster.signal('SIGCONT', ...others);
    const screen = await terminal.shows(/^bob: 'on its way'; sent at /m);
    cluster.signal('SIGCONT', leader);
    expect(screen).toMatch(
      /^carol> on its way\nnobody leads at present; .*\nthere is a leader; go on\nbob: /m,
    );
    await terminal.press('C-d');
    await terminal.shows('exit status 0');
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

describe('a chat whose server is gone', () => {
  it.skipIf(!hasTmux)('says so, and can be left', async () => {
    const cluster = await TestCluster.start('--nodes', '1', '--no-restart');
    await cluster.welcome('bob');
    const terminal = await Terminal.open(['chat', '--profile', 'bob'], cluster.env);
    await terminal.shows('you are bob');
    await cluster.kill('nats-1');
    await terminal.shows('the server is out of reach');
    await terminal.enter('/quit');
    await terminal.shows('exit status 0');
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
      for (const answer of ['n', 'alice', password, password]) await terminal.enter(answer); // typed ahead
      expect(await terminal.shows('you are alice')).not.toContain(password);

      const guest = { ...env, VERBATIM_PROFILE: 'bob' };
      await new Cli(guest).done(['register', 'bob', '--password-stdin'], { input: password });
      await new Cli(guest).done(['login', 'bob', '--password-stdin'], { input: password });
      const listening = new Cli(guest).start(['inbox', '--follow']);
      await terminal.enter('/msg bob hi');
      await listening.out.next("alice: 'hi'");
      const second = await Terminal.open(['start', '--port', String(port)], env);
      expect(await second.shows('you are alice')).toContain('leaving it stops nothing');
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
    for (const answer of ['n', 'alice', password, password]) await terminal.enter(answer);
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
