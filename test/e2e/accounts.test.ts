/** The life of an account, as its owner sees it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { GuestClient } from '../../src/client/client.ts';
import { systemClient } from '../../src/client/system.ts';
import type { Cli, Ended } from '../support/cli.ts';
import { password, TestCluster } from '../support/cluster.ts';

const refusedWith = (code: string, words = '') => ({
  status: 1,
  stderr: expect.stringMatching(new RegExp(`^error: ${code}: .*${words}`)),
});

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

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
    for (const cli of [laptop, phone]) await logIn(cli, 'alice');
    await phone.done(['chat'], { input: '/logout everywhere\n' });
    expect(await laptop.run(['whoami'])).toMatchObject(refusedWith('not-logged-in'));
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

  it.each([
    ['a1ice', password, 'name-confusable'],
    ['a\u0440ril\u200b', password, 'malformed'],
    ['dora', 'iLoveYou', 'weak-password'],
    ['dora-1984', 'DORA-1984', 'weak-password'],
  ])('is not opened as %s with the password %j: %s', async (name, secret, code) => {
    const { status, stderr } = await phone.run(['register', name, '--password-stdin'], { input: secret });
    expect({ status, code: stderr.split(': ')[1] }).toEqual({ status: 1, code });
    expect(stderr).not.toContain(secret);
  });

  it('is not closed to its owner by those who guess, and who is logged in notices nothing', async () => {
    await logIn(laptop, 'alice');
    const guesses = await Promise.all(
      Array.from({ length: 6 }, () => logIn(cluster.as('thief'), 'alice', 'guess 1')),
    );
    for (const guess of guesses) expect(guess).toMatchObject(refusedWith('wrong-credentials'));
    for (let time = 0; time < 6; time++) await logIn(cluster.as('thief'), 'alice', 'guess 2');
    expect(await laptop.run(['send', 'bob', 'all is well', '--timeout', '5s'])).toMatchObject({ status: 0 });
    const owner = await logIn(phone, 'alice');
    expect(owner).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('too many attempts lately; trying again in '),
    });
    expect((await logIn(phone, 'alice')).stderr).toBe('');
  });

  it('that nobody has takes as long to refuse as one that somebody has', { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 8 }, (_, index) => `somebody${index}`);
    await asGuest(async (guest) => {
      for (const name of names) await guest.register(name, password);
    });
    const tookMs = { somebody: [] as number[], nobody: [] as number[] };
    for (const [index, name] of names.entries()) {
      tookMs.somebody.push(await refusedAfterMs(name));
      tookMs.nobody.push(await refusedAfterMs(`nobody${index}`));
    }
    const [somebody, nobody] = [median(tookMs.somebody), median(tookMs.nobody)];
    expect(nobody, JSON.stringify(tookMs)).toBeGreaterThan(somebody / 2);
    expect(nobody, JSON.stringify(tookMs)).toBeLessThan(somebody * 2);
  });

  async function asGuest<T>(use: (guest: GuestClient) => Promise<T>): Promise<T> {
    const guest = new GuestClient(systemClient([cluster.url]));
    try {
      await guest.line.ready(30_000);
      return await use(guest);
    } finally {
      await guest.close();
    }
  }

  /** Both ways in. */
  function refusedAfterMs(name: string): Promise<number> {
    return asGuest(async (guest) => {
      const begunMs = performance.now();
      await expect(guest.logIn(name, 'wrong password')).rejects.toMatchObject({ code: 'wrong-credentials' });
      const recovering = guest.recover(name, 'AAAA', 'another password');
      await expect(recovering).rejects.toMatchObject({ code: 'wrong-credentials' });
      return performance.now() - begunMs;
    });
  }
});

// Each mostly waits, in a cluster of its own.
describe.concurrent('a limit', () => {
  it('a script that sends faster than one user may is slowed down, and not refused (P6)', async ({
    expect,
  }) => {
    const cluster = await TestCluster.start('--nodes', '1', '--send-rate', '10');
    const [alice] = (await cluster.welcome('alice', 'bob')) as [Cli];
    const lines = Array.from({ length: 130 }, (_, index) => `line ${index}`);
    const begunMs = performance.now();
    const sent = await alice.done(['send', 'bob', '-', '--json', '--timeout', '2s'], {
      input: lines.join('\n'),
    });
    expect(performance.now() - begunMs).toBeGreaterThan(2_500); // 100 at once, 30 at ten a second
    expect(sent.json).toHaveLength(lines.length);
    const transcript = await alice.done(['transcript', '--session', String(sent.json[0]!.session), '--json']);
    expect(transcript.json.map(({ text }) => text)).toEqual(lines);
  });

  it('a log-in ends by itself, and the next one counts', async ({ expect }) => {
    const cluster = await TestCluster.start('--nodes', '1', '--login-life', '3s');
    const [alice] = (await cluster.welcome('alice')) as [Cli];
    let ended = await alice.run(['whoami']);
    expect(ended.status).toBe(0);
    while (ended.status === 0) ended = await alice.run(['whoami']);
    expect(ended).toMatchObject(refusedWith('not-logged-in'));
    expect(await logIn(alice, 'alice')).toMatchObject({ status: 0 });
    await alice.done(['whoami']);
  });
});
