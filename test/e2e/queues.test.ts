/** What waits for whom: queues of those who are offline, sessions and their gaps, repeats, and deleted accounts. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { password, TestCluster } from '../support/cluster.ts';

describe('queues, sessions and deletion', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;
  let carol: Cli;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    [alice, bob, carol] = (await cluster.welcome('alice', 'bob', 'carol')) as [Cli, Cli, Cli];
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('delivers a queue once, and then what comes live, across a change of leader (P4)', async () => {
    await alice.done(['send', 'bob', '-'], { input: 'one\ntwo\n' });
    const listening = bob.start(['inbox', '--follow', '--json']);
    await listening.out.next('"text":"two"');
    await cluster.killLeader();
    await alice.done(['send', 'bob', '-'], { input: 'three\nfour' });
    await listening.out.next('"text":"four"');
    listening.signal('SIGTERM');
    expect(await listening.ended()).toBe(0);
    const shown = listening.out.all.map((line) => (JSON.parse(line) as { text: string }).text);
    expect(shown).toEqual(['one', 'two', 'three', 'four']);
    expect((await bob.done(['inbox'])).stdout).toBe('');
  });

  it('sends a repeated command once, for ever, and refuses another one under its id (P1)', async () => {
    const send = ['send', 'bob', 'only once', '--id', 'order-66', '--json'];
    const first = await alice.done(send);
    await cluster.killLeader();
    const again = await alice.done(send);
    expect(again.json).toEqual([{ ...first.json[0], duplicate: true }]);

    const other = await alice.run(['send', 'bob', 'something else', '--id', 'order-66', '--json']);
    expect(other.status).toBe(1);
    expect(JSON.parse(other.stderr)).toEqual({ error: { code: 'id-reused', message: expect.any(String) } });

    const lines = ['send', 'bob', '-', '--id', 'run-7', '--json'];
    const some = await alice.done(lines, { input: 'first\nsecond\n' });
    const more = await alice.done(lines, { input: 'first\nsecond\nthird\n' });
    expect(more.json.slice(0, 2)).toEqual(some.json.map((answer) => ({ ...answer, duplicate: true })));
    expect(more.json[2]).not.toHaveProperty('duplicate');
    expect((await bob.done(['inbox', '--json'])).json.map(({ text }) => text)).toEqual([
      'only once',
      'first',
      'second',
      'third',
    ]);
  });

  it('carries what fills many pages, in order (P4, P8)', async () => {
    const texts = Array.from({ length: 120 }, (_, index) => `${index} ${'\x01'.repeat(12_000)}`);
    texts.push(`${'é'.repeat(8_191)}ab`); // 16,384 bytes: as many as there may be
    const sent = await alice.done(['send', 'carol', '-', '--json'], { input: texts.join('\n') });
    await carol.done(['inbox', '--peek']);
    const inbox = await carol.done(['inbox', '--json']);
    expect(inbox.json.filter(({ from }) => from === 'alice').map(({ text }) => text)).toEqual(texts);
    const transcript = await alice.done(['transcript', '--session', String(sent.json[0]!.session), '--json']);
    expect(transcript.json.map(({ text }) => text)).toEqual(texts);
  });

  it('deletes an account: what it said stays, what it was not shown comes back, its name inherits nothing (P4)', async () => {
    await bob.done(['inbox']);
    const heard = (await carol.done(['send', 'alice', 'my last words', '--json'])).json[0]!;
    await alice.done(['send', 'carol', 'too late']);
    await bob.done(['send', 'carol', 'too late as well']);
    await carol.done(['inbox', '--peek']);

    expect((await carol.run(['delete-account'])).status).toBe(2); // there is nobody to ask
    await carol.done(['delete-account', '--yes']);
    expect((await carol.run(['whoami'])).status).toBe(1);
    expect((await carol.run(['login', 'carol', '--password-stdin'], { input: password })).stderr).toMatch(
      /^error: wrong-credentials: /,
    );

    const [words, undeliverable] = (await alice.done(['inbox', '--json'])).json;
    expect(words).toMatchObject({ id: heard.id, from: 'deleted user', text: 'my last words' });
    expect(undeliverable).toMatchObject({ from: 'alice', text: 'too late', undeliverable: true });
    expect((await bob.done(['inbox'])).lines).toEqual([
      expect.stringMatching(/^undeliverable: bob: 'too late as well'; sent at /),
    ]);
    const transcript = await alice.done(['transcript', '--session', String(heard.session)]);
    expect(transcript.stdout).toContain("deleted user: 'my last words'");

    await cluster.welcome('carol');
    expect((await carol.done(['inbox'])).stdout).toBe('');
    expect((await carol.done(['sessions', '--json'])).stdout).toBe('');
  });
});

/** Two commands take place within it on a busy machine too. */
const gapMs = 6_000;

describe('a session gap', () => {
  it('of silence opens a new session, by the time of the log (P8)', async () => {
    const cluster = await TestCluster.start('--nodes', '1', '--session-gap', `${gapMs}ms`);
    const [bob, carol] = (await cluster.welcome('bob', 'carol')) as [Cli, Cli];
    const first = (await carol.done(['send', 'bob', 'before', '--json'])).json[0]!;
    const same = (await bob.done(['send', 'carol', 'still', '--json'])).json[0]!;
    await pause(Date.parse(String(same.at)) + gapMs + 1 - Date.now()); // the gap itself is what is tried
    const next = (await carol.done(['send', 'bob', 'after', '--json'])).json[0]!;
    expect(same.session).toBe(first.session);
    expect(next.session).not.toBe(first.session);
    const { json } = await carol.done(['sessions', '--with', 'BOB', '--json']);
    expect(json.map(({ session, messages, state }) => ({ session, messages, state }))).toEqual([
      { session: first.session, messages: 2, state: 'closed' },
      { session: next.session, messages: 1, state: 'active' },
    ]);
  });
});
