/** The first session, as the README shows it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { isRunning, password, TestCluster } from '../support/cluster.ts';

describe('a first session', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;
  let session: string;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    alice = cluster.as('alice');
    bob = cluster.as('bob');
  });

  it('registers, with a recovery code, and logs in under a profile that only its owner can read', async () => {
    const { json } = await alice.done(['register', 'alice', '--password-stdin', '--json'], {
      input: password,
    });
    expect(json).toEqual([
      { user: 'alice', recovery_code: expect.stringMatching(/^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/) },
    ]);
    const asked = await bob.done(['register', 'bob', '--profile', 'bob', '--password-stdin'], {
      input: password,
    });
    expect(asked.lines[0]).toBe('registered bob; log in with: verbatim login bob --profile bob');

    expect((await alice.run(['whoami'])).status).toBe(1);
    for (const [cli, name] of [
      [alice, 'alice'],
      [bob, 'bob'],
    ] as const) {
      const login = await cli.done(['login', name, '--password-stdin', '--json'], { input: `${password}\n` });
      expect(login.json).toEqual([{ user: name }]);
      expect((await cli.done(['whoami', '--json'])).json).toEqual([{ user: name }]);
    }
    const folder = join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles');
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it('sends, and what was sent is delivered once (P1, P4)', async () => {
    const sent = await alice.done(['send', 'bob', 'hello, Bob', '--json']);
    expect(sent.json).toEqual([
      {
        id: expect.any(String),
        session: expect.stringMatching(/^s-/),
        position: expect.any(Number),
        at: expect.any(String),
      },
    ]);
    session = String(sent.json[0]!.session);
    await bob.done(['send', 'alice', "hello,\nAlice; it's me"]);

    const peeked = await bob.done(['inbox', '--peek']);
    expect(peeked.lines).toEqual([
      expect.stringMatching(/^alice: 'hello, Bob'; sent at \d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
    ]);
    const delivered = await bob.done(['inbox', '--json']);
    expect(delivered.json).toEqual([{ ...sent.json[0], from: 'alice', text: 'hello, Bob' }]);
    expect((await bob.done(['inbox'])).stdout).toBe('');
    expect((await alice.done(['inbox'])).lines).toEqual([
      expect.stringContaining("bob: 'hello,\\nAlice; it's me'; sent at "),
    ]);
  });

  it('reads back its own writes at once, on whichever node (P7)', async () => {
    const { json } = await alice.done(['send', 'bob', 'and one more', '--json']);
    for (let time = 0; time < 5; time++) {
      const transcript = await alice.done(['transcript', '--session', session, '--json']);
      expect(transcript.json.at(-1)).toEqual({ ...json[0], from: 'alice', text: 'and one more' });
    }
  });

  it('lists users and sessions', async () => {
    expect((await alice.done(['users', '--json'])).json).toEqual([
      { name: 'alice', online: false },
      { name: 'bob', online: false },
    ]);
    expect((await alice.done(['users', '--prefix', 'B'])).lines).toEqual(['bob']);
    const { json } = await bob.done(['sessions', '--with', 'alice', '--json']);
    expect(json).toEqual([
      {
        session,
        participants: expect.arrayContaining(['alice', 'bob']),
        opened_at: expect.stringMatching(/Z$/),
        last_at: expect.stringMatching(/Z$/),
        messages: 3,
        state: 'active',
      },
    ]);
  });

  it('replays with the original pauses, and as fast as wanted (P8)', async () => {
    const { json: said } = await alice.done(['transcript', '--session', session, '--json']);
    const times = said.map(({ at }) => Date.parse(String(at)));
    expect((await alice.done(['transcript', '--with', 'bob', '--json'])).json).toEqual(said);
    expect(await alice.run(['transcript'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--with'),
    });
    const startedMs = performance.now();
    const played = await alice.done(['replay', '--session', session, '--json']);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(times.at(-1)! - times[0]!);
    expect(played.json).toEqual(
      said.map((message, index) => ({ ...message, offset_ms: times[index]! - times[0]! })),
    );

    const quick = await bob.done(['replay', '--session', session, '--max-gap', '0ms', '--from', '1ms']);
    expect(quick.lines).toEqual(["bob: 'hello,\\nAlice; it's me'", "alice: 'and one more'"]);
  });

  it('shows its operator a healthy cluster, equal hashes and a sound log (P2)', async () => {
    const status = await cluster.status();
    expect(status.status).toBe(0);
    expect(status.json.map(({ node, in_sync, lag }) => ({ node, in_sync, lag }))).toEqual(
      ['n1', 'n2', 'n3'].map((node) => ({ node, in_sync: true, lag: 0 })),
    );
    expect(new Set(status.json.map(({ state_hash }) => state_hash)).size).toBe(1);
    expect(status.json.filter(({ role }) => role === 'leader')).toHaveLength(1);

    const verified = await cluster.as('operator').done(['verify', '--json']);
    expect(verified.json.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect((await cluster.as('operator').done(['status'])).stdout).toMatch(
      /n\d leads epoch 1; 3 of 3 nodes in sync/,
    );
  });

  it('shows its operator the log without secrets, and any actor as it was', async () => {
    const operator = cluster.as('operator');
    const log = await operator.done(['log', '--json']);
    expect(log.json.map(({ position }) => position)).toEqual(log.json.map((_, index) => index + 1));
    const registered = log.json.find(({ type }) => type === 'UserRegistered');
    expect(registered).toMatchObject({ frame: expect.any(Number), epoch: 1, clock: expect.any(Number) });
    expect(registered).toMatchObject({ data: { name: 'alice', passwordHash: '[redacted]' } });
    expect(log.stdout).not.toMatch(/argon2|"tokenHash":"[0-9a-f]/);
    const posted = await operator.done(['log', '--json', '--type', 'MessagePosted', '--node', 'n2']);
    expect(posted.json.map(({ data }) => (data as { text: string }).text)).toHaveLength(3);

    const at = String(posted.json[1]!.position);
    const [past] = (await operator.done(['state', '--session', session, '--at', at, '--json'])).json;
    expect(past).toMatchObject({
      actor: 'session',
      state: 'active',
      context: { messages: 2, openedAt: posted.json[0]!.at, lastAt: posted.json[1]!.at },
    });
    const text = (await operator.done(['state', '--session', session, '--at', at])).stdout;
    expect(text).toContain(`lastAt: "${posted.json[1]!.at}"`);
    const [user] = (await operator.done(['state', '--user', 'alice', '--json'])).json;
    expect(user).toMatchObject({ actor: 'user', context: { name: 'alice', passwordHash: '[redacted]' } });
    expect(user).toMatchObject({ context: { registeredAt: registered?.at } });
  });

  it('changes a password, which ends other log-ins, and logs out', async () => {
    const phone = cluster.as('phone');
    await phone.done(['login', 'alice', '--password-stdin'], { input: password });
    await alice.done(['passwd', '--password-stdin'], { input: `${password}\nanother horse\n` });
    expect((await phone.run(['whoami'])).stderr).toMatch(/^error: not-logged-in: /);
    expect((await phone.run(['login', 'alice', '--password-stdin'], { input: password })).stderr).toMatch(
      /^error: wrong-credentials: .*try again/,
    );
    const again = await phone.done(['login', 'ALICE', '--password-stdin'], { input: 'another horse' });
    expect(again.stdout).toBe('logged in as alice\n');

    await alice.done(['logout']);
    expect((await alice.run(['whoami'])).status).toBe(1);
    expect((await phone.done(['whoami'])).stdout).toBe('alice\n');
  });

  it('ends with exit status 0 when asked to stop, and its processes with it', async () => {
    const pids = ['nats-1', 'n1', 'n2', 'n3'].map((id) => cluster.pid(id));
    expect(await cluster.stop()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(readFileSync(join(cluster.data, 'address'), 'utf8')).toBe(`${cluster.url}\n`);
  });
});
