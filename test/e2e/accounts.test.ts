/** The life of an account, as its owner sees it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cli, Ended } from '../support/cli.ts';
import { password, TestCluster } from '../support/cluster.ts';

const refusedWith = (code: string, words = '') => ({
  status: 1,
  stderr: expect.stringMatching(new RegExp(`^error: ${code}: .*${words}`)),
});

async function register(cli: Cli, name: string): Promise<string> {
  const { json } = await cli.done(['register', name, '--password-stdin', '--json'], { input: password });
  return String(json[0]!.recovery_code);
}

const logIn = (cli: Cli, name: string, secret = password): Promise<Ended> =>
  cli.run(['login', name, '--password-stdin'], { input: secret });

describe('an account', () => {
  let cluster: TestCluster;
  let laptop: Cli;
  let phone: Cli;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    laptop = cluster.as('laptop');
    phone = cluster.as('phone');
  });

  it('is left on all machines by logout --everywhere, and by logout on one', async () => {
    await register(laptop, 'alice');
    for (const cli of [laptop, phone]) expect(await logIn(cli, 'alice')).toMatchObject({ status: 0 });
    await phone.done(['logout']);
    expect(await laptop.run(['whoami'])).toMatchObject({ status: 0 });
    await logIn(phone, 'alice');
    expect(await laptop.run(['logout', '--everywhere', '--local'])).toMatchObject({ status: 2 });
    expect((await laptop.done(['logout', '--everywhere'])).stdout).toBe('logged out alice everywhere\n');
    expect(await phone.run(['whoami'])).toMatchObject(refusedWith('not-logged-in'));
    expect(await phone.run(['logout', '--everywhere'])).toMatchObject(refusedWith('not-logged-in'));
    expect(await logIn(phone, 'alice')).toMatchObject({ status: 0 });
  });

  it('is recovered with its code, which counts once, and keeps its mail and sessions', async () => {
    const bob = cluster.as('bob');
    const code = await register(bob, 'bob');
    await logIn(bob, 'bob');
    await phone.done(['send', 'bob', 'hello, Bob']);
    const recover = (given: string, input: string) =>
      phone.run(['recover', 'bob', '--password-stdin', '--json'], { input: `${given}\n${input}\n` });

    expect(await recover('AAAA-AAAA', 'another password')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('"code":"wrong-credentials"'),
    });
    const { status, json } = await recover(code.toLowerCase().replaceAll('-', ' '), 'another password');
    expect({ status, json }).toEqual({
      status: 0,
      json: [{ user: 'bob', recovery_code: expect.any(String) }],
    });
    expect(json[0]!.recovery_code).not.toBe(code);

    expect(await bob.run(['inbox'])).toMatchObject(refusedWith('not-logged-in'));
    expect(await recover(code, 'yet another one')).toMatchObject({ status: 1 });
    expect(await logIn(bob, 'bob')).toMatchObject(refusedWith('wrong-credentials'));
    expect(await logIn(bob, 'bob', 'another password')).toMatchObject({ status: 0 });
    expect((await bob.done(['inbox'])).stdout).toContain('hello, Bob');
    expect(await recover(String(json[0]!.recovery_code), 'yet another one')).toMatchObject({ status: 0 });
  });

  it('that nobody has is not told from one with another recovery code', async () => {
    const [nobody, somebody] = await Promise.all(
      ['nobody', 'alice'].map((name) =>
        phone.run(['recover', name, '--password-stdin'], { input: 'AAAA-AAAA\nanother password\n' }),
      ),
    );
    expect(nobody).toMatchObject(refusedWith('wrong-credentials', 'nothing is locked'));
    expect(somebody!.stderr).toBe(nobody!.stderr);
  });

  it('is recovered in the chat by whoever forgot the password', async () => {
    const carol = cluster.as('carol');
    const code = await register(carol, 'carol');
    const answers = ['y', 'carol', 'what was it?', 'f', 'carol', code, password, password];
    const { stderr } = await carol.done(['chat'], { input: [...answers, '/quit', ''].join('\n') });
    expect(stderr).toMatch(/Name and password do not match.*Your new recovery code: ([0-9A-Z]{4}-){7}/s);
    expect((await carol.done(['whoami'])).stdout).toBe('carol\n');
  });
});

it('a log-in ends by itself, and the next one counts', async () => {
  const cluster = await TestCluster.start('--nodes', '1', '--login-life', '3s');
  const [alice] = (await cluster.welcome('alice')) as [Cli];
  let ended = await alice.run(['whoami']);
  expect(ended.status).toBe(0);
  while (ended.status === 0) ended = await alice.run(['whoami']);
  expect(ended).toMatchObject(refusedWith('not-logged-in'));
  expect(await logIn(alice, 'alice')).toMatchObject({ status: 0 });
  await alice.done(['whoami']);
});
