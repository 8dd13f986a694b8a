/** While nobody leads nothing is taken, and nobody is told that anything failed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';

describe('without a leader', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;
  let survivor: string;
  let dead: string[];

  beforeAll(async () => {
    cluster = await TestCluster.start('--no-restart', '--min-copies', '2');
    [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
    await alice.done(['send', 'bob', 'before']);
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('a chat in a pipe takes what it can answer for, and not a line more (P6)', async () => {
    const chat = alice.start(['chat', '--with', 'bob', '--timeout', '1s']);
    chat.type('while there is a leader');
    await chat.out.next("alice: 'while there is a leader'");
    const { json } = await cluster.status(); // waits until all are equally far
    const leader = String(json.find(({ role }) => role === 'leader')?.node);
    [survivor] = ['n1', 'n2', 'n3'].filter((node) => node !== leader) as [string];
    dead = ['n1', 'n2', 'n3'].filter((node) => node !== survivor);
    for (const node of [leader, ...dead.filter((other) => other !== leader)]) await cluster.kill(node);
    await cluster.said.next(`${survivor}: ${leader} is silent; electing`);
    chat.type('while there is none');
    chat.type('and none');
    chat.endInput();
    expect(await chat.ended()).toBe(3);
    expect(chat.out.all).toEqual([expect.stringContaining("'while there is a leader'")]);
    expect(chat.err.all.filter((line) => line.startsWith('error: '))).toEqual([
      expect.stringMatching(/^error: (not-sent|outcome-unknown): /),
    ]);
  });

  it('commands say in time that nothing was sent; reads are answered by whoever is left (P6, P7)', async () => {
    const send = await alice.run(['send', 'bob', 'now', '--timeout', '1s', '--json']);
    expect(send.status).toBe(3);
    expect(JSON.parse(send.stderr)).toEqual({
      error: { code: 'not-sent', message: 'there is no leader at present' },
    });
    expect((await alice.done(['whoami'])).stdout).toBe('alice\n');
    expect((await bob.done(['inbox', '--peek'])).lines).toEqual([
      expect.stringContaining("alice: 'before'"),
      expect.stringContaining("alice: 'while there is a leader'"),
    ]);
  });

  it('the operator sees who is missing (P5)', async () => {
    const status = await cluster.status();
    expect(status.status).toBe(3);
    for (const row of status.json) {
      if (row.node === survivor) expect(row).toMatchObject({ position: expect.any(Number), degraded: true });
      else expect(row).toMatchObject({ role: 'unreachable', position: null, in_sync: false, degraded: true });
    }
    const text = (await cluster.as('operator').run(['status'])).stdout;
    expect(text).toMatch(/there is no leader/);
    expect(text).toContain(`degraded: ${dead.map((node) => `${node} is unreachable`).join('; ')}`);
  });

  it('without any node nobody is let in, and that is no refusal (P6)', async () => {
    await cluster.kill(survivor);
    const whoami = await alice.run(['whoami', '--timeout', '3s']);
    expect(whoami.status).toBe(3);
    expect(whoami.stderr).toMatch(/^error: not-sent: nobody answers/);
    expect((await cluster.status()).json.map(({ role }) => role)).toEqual([
      'unreachable',
      'unreachable',
      'unreachable',
    ]);
  });

  it('nodes that are started by hand lead and follow like any other (P1, P5)', async () => {
    const operator = cluster.as('operator');
    const node = (id: string) => operator.start(['node', '--id', id, '--json', '--profile', 'anybody']);
    const nodes = [node('n1'), node('n2')];
    for (const [index, { child, out }] of nodes.entries())
      expect(JSON.parse(await out.next('node'))).toEqual({
        process: 'node',
        id: `n${index + 1}`,
        pid: child.pid,
      });
    await alice.done(['send', 'bob', 'by hand', '--timeout', '60s']);
    expect((await operator.done(['status', '--profile', 'anybody'])).stdout).toContain('n3 is unreachable');
    for (const one of nodes) one.signal('SIGTERM');
    expect(await Promise.all(nodes.map((one) => one.ended()))).toEqual([0, 0]);
  });

  it('without a server the same, at once', async () => {
    await cluster.stop();
    for (const command of [['whoami'], ['send', 'bob', 'now'], ['status'], ['verify'], ['log']]) {
      const { status, stderr, stdout } = await alice.run(command);
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      const told = stderr.split('\n').slice(0, -1);
      expect(told.at(-1)).toBe(
        `error: not-sent: no server answers at ${cluster.url}; \`verbatim up\` starts one`,
      );
      expect(told.slice(0, -1)).toEqual(
        ['verify', 'log'].includes(command[0]!) ? [expect.stringContaining('--data DIR')] : [],
      );
    }
  });
});
