/** Who may look through the inspector, at what, and what it may do: nothing but look (P9, P10). */
import { readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { connect } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { pageParts } from '../../cli/inspector.ts';
import type { Cli } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';
import { inspect, type RunningInspector } from '../support/inspector.ts';

let cluster: TestCluster;
let alice: Cli;
let session: string;
let inspector: RunningInspector;

beforeAll(async () => {
  cluster = await TestCluster.start();
  [alice] = (await cluster.welcome('alice', 'bob')) as [Cli];
  session = String((await alice.done(['send', 'bob', 'a secret word', '--json'])).json[0]!.session);
  inspector = await inspect(cluster, '--no-bodies');
});
afterAll(async () => {
  inspector?.running.signal('SIGTERM');
  await cluster?.stop();
});

/** @returns the status, without waiting for a stream to end. */
async function knock(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    asked.on('error', reject).end();
  });
}

/** What a stream says until something is in it. */
async function hear(url: string, awaited: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, (response) => {
      let heard = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
        if (!heard.includes(awaited)) return;
        resolve(heard);
        response.destroy();
      });
    });
    asked.on('error', reject).end();
  });
}

it('lets in whoever has the link, and nobody else', async () => {
  const { origin, host, search } = new URL(inspector.url);
  expect(await knock(inspector.url)).toBe(200);
  expect(await knock(inspector.url, { origin })).toBe(200);
  for (const path of ['/', '/stream', '/events', '/state', '/history', '/log', '/layout.js', '/nothing']) {
    expect(await knock(`${origin}${path}`), path).toBe(401);
    expect(await knock(`${origin}${path}?token=wrong`), path).toBe(401);
    expect(await knock(`${origin}${path}${search}`, { origin: 'https://example.org' }), path).toBe(403);
    expect(await knock(`${origin}${path}${search}`, { origin: 'null' }), path).toBe(403);
    expect(await knock(`${origin}${path}${search}`, { host: 'example.org' }), path).toBe(403);
    expect(
      await knock(`${origin}${path}${search}`, { host: `example.org:${host.split(':')[1]}` }),
      path,
    ).toBe(403);
  }
  expect(await knock(inspector.url, {}, 'POST')).toBe(405);
});

it('is bound to this machine alone, and says what a browser may run', async () => {
  const { headers } = await fetch(inspector.url);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

it('tells nothing of what people wrote with --no-bodies, and never a secret', async () => {
  const watching = hear(inspector.path('/events', `&actor=cluster/${session}`), 'MessagePosted');
  const looking = hear(inspector.path('/stream', '&everybody=1'), session);
  await looking;
  for (let times = 0; times < 3; times++) await alice.done(['send', 'bob', 'a secret word']);
  const ask = async (path: string) => await (await fetch(path)).text();
  const told = [
    await watching,
    await ask(inspector.path('/history', `&actor=${session}`)),
    await ask(inspector.path('/log', '&from=1&to=200')),
    await ask(inspector.path('/state', `&actor=${session}`)),
  ];
  expect(told.join('')).toContain('MessagePosted');
  expect(told.join('')).toContain('[redacted]');
  const seedless = told.join('').replaceAll('0'.repeat(64), ''); // the base of the first generation
  expect(seedless).not.toMatch(/a secret word|argon2|\$v=|[0-9a-f]{64}/);
  expect(seedless).not.toContain('"error"');
});

it('has a credential that only looks', async () => {
  const connection = await connect({
    servers: cluster.url,
    user: 'inspector',
    pass: cluster.secret('inspectorPassword'),
    inboxPrefix: '_INBOX_inspector',
  });
  const refused: string[] = [];
  const listening = (async () => {
    for await (const status of connection.status())
      if (status.type === 'error') refused.push(status.error.message);
  })();
  for (const subject of [
    'verbatim.log.1',
    'verbatim.cmd.u-1.c-1',
    'verbatim.node.beat',
    'verbatim.ops.n1.give-up',
    '$JS.API.STREAM.LIST',
  ])
    connection.publish(subject, '{}');
  for (const subject of ['verbatim.push.*', 'verbatim.cmd.>', '_INBOX.>', 'verbatim.log.>'])
    connection.subscribe(subject);
  const status = await connection.request('verbatim.ops.n1.status', '{}');
  expect(status.json()).toMatchObject({ node: 'n1' });
  await connection.flush();
  await connection.close();
  await listening;
  expect(refused).toHaveLength(9);
  const mode = statSync(join(cluster.data, 'secrets.json')).mode & 0o777;
  expect(mode).toBe(0o600);
});

it('says what is no position, and that it was asked for', async () => {
  const answer = await fetch(inspector.path('/state', `&actor=${session}&at=-3`));
  expect([answer.status, await answer.json()]).toEqual([
    404,
    { error: 'at is a whole number from 0 on, not "-3"' },
  ]);
});

it('has a page of at most 250 KB, compressed, without what lays out the charts', async () => {
  const { script, style } = await pageParts();
  expect(gzipSync(script + style).length).toBeLessThan(250 * 1024);
  expect(script + style).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
});

it('lets nobody in where a cluster was started so', async () => {
  const closed = await TestCluster.start('--no-inspect');
  const { status, stderr } = await closed.as('operator').run(['inspect']);
  expect(stderr).toMatch(/^error: wrong-credentials: [^\n]*--no-inspect[^\n]*\n$/);
  expect(status).toBe(1);
  await closed.stop();
});

it("serves the official inspector's own receiver", async () => {
  const stately = await inspect(cluster, '--stately');
  const { host, search } = new URL(stately.url);
  const foreign = new WebSocket(`ws://${host}/${search}`, { origin: 'https://example.org' });
  await new Promise((resolve) => foreign.once('error', resolve));

  const receiver = createWebSocketReceiver({ server: `ws://${host}/${search}` });
  const told: StatelyInspectionEvent[] = [];
  const sent: Promise<unknown>[] = [];
  let isPosted = false;
  const posted = new Promise<void>((resolve) => {
    receiver.subscribe((event) => {
      told.push(event);
      if (event.type === '@xstate.snapshot' && event.sessionId === `cluster/${session}`) {
        isPosted = true;
        resolve();
      }
      // What is said before a node was chosen to tell of it is not told.
      if (!isPosted && told.length % 20 === 1) sent.push(alice.done(['send', 'bob', 'again']));
    });
  });
  await posted;
  await Promise.all(sent);
  const announced = told.find(
    (event) => event.type === '@xstate.actor' && event.sessionId === `cluster/${session}`,
  );
  expect(announced).toMatchObject({ name: expect.stringMatching(/^session /), _version: packageVersion() });
  expect(JSON.parse((announced as { definition: string }).definition)).toMatchObject({
    id: 'session',
    initial: 'unopened',
    states: { active: { on: { SessionQuieted: [{ target: '#session.quiet' }] } } },
  });
  const snapshot = told.findLast(
    (event) => event.type === '@xstate.snapshot' && event.sessionId === `cluster/${session}`,
  );
  expect(snapshot).toMatchObject({
    event: { type: 'MessagePosted' },
    snapshot: { value: 'active', status: 'active' },
  });
  stately.running.signal('SIGTERM');
});

/** Of the package that this was written for. */
function packageVersion(): string {
  const text = readFileSync(
    new URL('../../node_modules/@statelyai/inspect/package.json', import.meta.url),
    'utf8',
  );
  return (JSON.parse(text) as { version: string }).version;
}
