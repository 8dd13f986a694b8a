/** A cluster that starts over, with its data folder removed, under people who were logged in to the one before. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { password, TestCluster } from '../support/cluster.ts';
import { freePort } from '../support/free-port.ts';

describe('a cluster that starts over', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;
  const hasProfile = (name: string) =>
    existsSync(join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', `${name}.json`));

  beforeAll(async () => {
    cluster = await TestCluster.start();
    [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
    await alice.done(['send', 'bob', '-'], { input: 'one\ntwo\n' });
    await cluster.stop();
    rmSync(cluster.data, { recursive: true });
    await cluster.restart();
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('refuses the log-ins of before at once, though it never got as far as they have read (P7)', async () => {
    for (const args of [['whoami'], ['send', 'bob', 'hi'], ['inbox'], ['users']]) {
      const { status, stdout, stderr } = await alice.run([...args, '--timeout', '60s']);
      expect({ status, stdout, stderr }).toEqual({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^error: not-logged-in: [^\n]+ another cluster[^\n]*; log in again [^\n]+\n$/,
        ),
      });
    }
    expect(cluster.said.all.filter((line) => line.includes('authentication error'))).toEqual([]);
  });

  it('lets them be dropped, even if nobody answers', async () => {
    await cluster.welcome('carol');
    const gone = ['--servers', `nats://127.0.0.1:${await freePort()}`];
    const carol = cluster.as('carol');
    const { status, stderr } = await carol.run(['logout', ...gone]);
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: expect.stringMatching(/^--local [^\n]+\nerror: not-sent: /),
    });
    expect(hasProfile('carol')).toBe(true);
    await carol.done(['logout', '--local', ...gone]);
    expect(hasProfile('carol')).toBe(false);
    expect((await bob.done(['logout'])).stdout).toBe('logged out bob\n');
    expect(hasProfile('bob')).toBe(false);
  });

  it('asks again in the chat', async () => {
    const input = `n\nalice\n${password}\n${password}\n/users al\n`;
    const { stderr, lines } = await alice.done(['chat'], { input });
    expect(stderr).toContain('Do you have an account here?');
    expect(lines).toEqual([expect.stringContaining('alice')]);
  });
});
