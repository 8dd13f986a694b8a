/** Operating a cluster: processes that die, folders that were changed, output that goes elsewhere. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Level } from 'level';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups } from '../../cli/commands.ts';
import { Cli, program } from '../support/cli.ts';
import { isRunning, ownEnvironment, TestCluster } from '../support/cluster.ts';
import { outsider } from '../support/outsider.ts';
import { tempFolder } from '../support/temp-folder.ts';

const shell = promisify(execFile);
describe('operating', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
    await alice.done(['send', 'bob', '-'], { input: 'one\ntwo\nthree\n' });
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('nats-server may be killed as well: it comes back, and the talk goes on (P1, P6)', async () => {
    const sending = alice.start(['send', 'bob', '-', '--json', '--timeout', '60s']);
    sending.type('before');
    await sending.out.atLeast(1);
    const heard = cluster.said.all.length;
    process.kill(cluster.pid('nats-1'), 'SIGKILL');
    await cluster.said.next('nats-1 died (SIGKILL); starting it again', heard);
    sending.type('after');
    sending.endInput();
    expect(await sending.ended()).toBe(0);
    expect((await bob.done(['inbox', '--json'])).json.map(({ text }) => text)).toEqual([
      'one',
      'two',
      'three',
      'before',
      'after',
    ]);
    expect((await cluster.status()).status).toBe(0);
  });

  it('output into a closed pipe ends quietly, and colours are for terminals', async () => {
    const { stdout, stderr } = await shell(
      'sh',
      ['-c', `'${process.execPath}' '${program}' log | head -n 1`],
      { env: cluster.env },
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ +1 {2}frame 1 .* Seeded {2}\{.*\}\n$/);
    expect(stdout).not.toContain('\x1b');
  });

  it.skipIf(!existsSync('/dev/full'))(
    'output that finds no room is a failure told in one sentence',
    async () => {
      for (const args of ['log', '--help', 'log --json']) {
        const command = `'${process.execPath}' '${program}' ${args} > /dev/full; echo "$?"`;
        const { stdout, stderr } = await shell('sh', ['-c', command], { env: cluster.env });
        expect(stdout).toBe('1\n');
        expect(stderr).toMatch(
          args.includes('--json')
            ? /^{"error":{"code":"output-unusable","message":"[^\n]+"}}\n$/
            : /^error: output-unusable: output cannot be written: ENOSPC[^\n]+\n$/,
        );
      }
    },
  );

  it('two commands at once never lower what a profile has seen (P7)', async () => {
    const ended = await Promise.all([
      alice.done(['send', 'bob', 'a', '--json']),
      alice.done(['send', 'bob', 'b', '--json']),
      alice.done(['whoami', '--json']),
    ]);
    const acknowledged = ended.flatMap(({ json }) => json.map(({ position }) => Number(position ?? 0)));
    const path = join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', 'alice.json');
    const { position } = JSON.parse(readFileSync(path, 'utf8')) as { position: number };
    expect(position).toBeGreaterThanOrEqual(Math.max(...acknowledged));
    const { json } = await alice.done(['send', 'bob', 'c', '--json']);
    const [session] = (await alice.done(['sessions', '--json'])).json;
    const transcript = await alice.done(['transcript', '--session', String(session?.session), '--json']);
    expect(transcript.json.at(-1)?.position).toBe(json[0]?.position);
  });

  it.skipIf(!process.getuid)(
    'a profile that cannot be written undoes nothing that was done (P6)',
    async () => {
      const home = tempFolder();
      const folders = [home, join(home, 'verbatim'), join(home, 'verbatim', 'profiles')];
      const path = join(folders.at(-1)!, 'alice.json');
      mkdirSync(folders.at(-1)!, { recursive: true });
      copyFileSync(join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', 'alice.json'), path);
      chmodSync(path, 0o444);
      for (const folder of folders) chmodSync(folder, 0o555);
      const env = { ...cluster.env, XDG_CONFIG_HOME: home, VERBATIM_SERVERS: cluster.url };
      const sent = await new Cli({ ...env, VERBATIM_PROFILE: 'alice' }, outsider).run([
        'send',
        'bob',
        'kept',
      ]);
      expect(sent).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^sent at /),
        stderr: expect.stringMatching(/^how far you have read could not be kept: [^\n]+\n$/),
      });
      const refused = await new Cli({ ...env, VERBATIM_PROFILE: 'alice' }, outsider).run([
        'send',
        'nobody',
        'x',
      ]);
      expect({ status: refused.status, stderr: refused.stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^how far [^\n]+\nerror: unknown-user: [^\n]+\n$/),
      });
      for (const folder of folders) chmodSync(folder, 0o755); // so that it can be removed
    },
  );

  it('when its supervisor is killed nothing lives on, and all is there again when it starts (P1)', async () => {
    const pids = ['nats-1', 'n1', 'n2', 'n3'].map((id) => cluster.pid(id));
    await cluster.killSupervisor();
    await cluster.restart(); // waits for the port, which the old server held
    expect(pids.filter(isRunning)).toEqual([]);
    expect((await bob.done(['inbox', '--json'])).json.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['a', 'b', 'c']),
    );
  });

  it('state is the same of nodes that run and of a folder that lies still (P8)', async () => {
    const operator = cluster.as('operator');
    const [session] = (await alice.done(['sessions', '--json'])).json;
    const questions = [
      ['--user', 'alice'],
      ['--session', String(session?.session), '--at', '9'],
    ];
    const running = [];
    for (const question of questions) running.push((await operator.done(['state', ...question])).stdout);
    await cluster.stop();
    for (const [index, question] of questions.entries())
      expect((await operator.done(['state', '--data', cluster.data, ...question])).stdout).toBe(
        running[index],
      );
    const { status, stderr } = await operator.run(['state', '--data', cluster.data, '--user', 'nobody']);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^error: unknown-user: /),
    });
    await cluster.restart();
  });

  it('a node that runs is asked where its own folder is named', async () => {
    const operator = cluster.as('operator');
    const folder = ['--data', join(cluster.data, 'nodes', 'n2')];
    expect((await operator.done(['verify', ...folder])).stdout).toMatch(
      /^n2: ok, \d+ events in \d+ frames\n$/,
    );
    expect((await operator.done(['log', ...folder, '--to', '1'])).stdout).toContain('Seeded');
    const { stdout, stderr } = await operator.run(['state', ...folder, '--user', 'alice', '--at', '99999']);
    expect(stdout).toMatch(/^user u-/);
    expect(stderr).toMatch(/^the log ends at position \d+: /);
  });

  it('verify names the first position that was changed, in a frame or in a row (P2)', async () => {
    const posted = (await cluster.as('operator').done(['log', '--json', '--type', 'MessagePosted'])).json;
    const changed = posted.find(({ data }) => (data as { text: string }).text === 'before')!;
    await cluster.stop();
    await edit(join(cluster.data, 'nodes', 'n2'), `f${String(changed.frame).padStart(12, '0')}`, (text) =>
      text.replace('before', 'beyond'),
    );
    await edit(join(cluster.data, 'nodes', 'n3'), 'rname/alice', () => '"u-somebody"');

    const verified = await cluster.as('operator').run(['verify', '--data', cluster.data, '--json']);
    expect(verified.status).toBe(1);
    const [n1, n2, n3] = verified.json;
    expect(n1).toMatchObject({ node: 'n1', ok: true });
    expect(n2).toMatchObject({
      node: 'n2',
      ok: false,
      reason: `frame ${changed.frame} is not the one that n1 has`,
    });
    expect(n2?.first_bad).toBeLessThanOrEqual(Number(changed.position));
    expect(n3).toMatchObject({ node: 'n3', ok: false, reason: expect.stringContaining('rows') });
    const names = readdirSync(join(cluster.data, 'nodes', 'n3')).filter((file) => file.endsWith('.ldb'));
    for (const file of names) flip(join(cluster.data, 'nodes', 'n3', file));
    renameSync(join(cluster.data, 'nodes', 'n2'), join(cluster.data, 'n2'));
    const damaged = await cluster.as('operator').run(['verify', '--data', cluster.data]);
    expect(damaged).toMatchObject({
      status: 1,
      stderr: 'n2 is a member and has no folder here: it was not checked\n',
    });
    expect(damaged.lines).toEqual([
      expect.stringMatching(/^n1: ok, /),
      expect.stringMatching(/^n3: bad from position \d+ on: the store is damaged: /),
    ]);
    for (const command of [['log'], ['state', '--user', 'bob']]) {
      const told = await cluster
        .as('operator')
        .run([...command, '--data', join(cluster.data, 'nodes', 'n3')]);
      expect(told).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^error: data-unusable: n3 is damaged: .*`verbatim verify --data`/),
      });
    }
    renameSync(join(cluster.data, 'n2'), join(cluster.data, 'nodes', 'n2'));
    const alone = await cluster.as('operator').run(['verify', '--data', join(cluster.data, 'nodes', 'n2')]);
    expect({ status: alone.status, stdout: alone.stdout }).toEqual({
      status: 1,
      stdout: expect.stringMatching(/^n2: bad from position \d+ on: /),
    });
  });
});

describe('the command line', () => {
  const cli = new Cli(ownEnvironment());
  const names = groups.flatMap(({ commands }) => commands.map(({ name }) => name));

  it.each(names)('%s --help has an example', async (name) => {
    const { stdout } = await cli.done([name, '--help']);
    expect(stdout).toMatch(/Examples?:\n {2}(\$|.*\|) /);
    expect((await cli.done(['help', name])).stdout).toBe(stdout);
  });

  it('says what it is, and what it was not given', async () => {
    expect((await cli.done(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await cli.done(['--help'])).lines[0]).toMatch(/^Usage: verbatim /);
    const { status, stdout } = await cli.run([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const { stderr } = await cli.run(['--json', '--profile', 'whoami', 'whoami']); // options may come first
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'not-logged-in', message: expect.any(String) } });
  });
});

async function edit(folder: string, key: string, change: (text: string) => string): Promise<void> {
  const store = new Level<string, string>(folder);
  await store.put(key, change((await store.get(key))!));
  await store.close();
}

/** Damages the first block of a table. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xff, 16, 48);
  writeFileSync(path, bytes);
}
