/** Watching a cluster from outside: its pages over HTTP, its lines as JSON. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askHttp, askJson } from '../support/ask-http.ts';
import type { Cli } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';
import { Exposition } from '../support/exposition.ts';

const nodes = ['n1', 'n2', 'n3'];
const patience = { timeout: 10_000, interval: 20 };

describe('a cluster that is watched', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let leader: string;
  let killed: string;
  let urls: Map<string, string>;
  const metrics = async (node: string) => new Exposition((await askHttp(`${urls.get(node)}/metrics`)).body);
  const readiness = async (node: string) => (await askJson(`${urls.get(node)}/readyz`)).status;

  beforeAll(async () => {
    cluster = await TestCluster.start('--log', 'json');
    [alice] = (await cluster.welcome('alice', 'bob')) as [Cli];
    const { json } = await cluster.status();
    urls = new Map(json.map(({ node, http }) => [String(node), String(http)]));
    leader = String(json.find(({ role }) => role === 'leader')?.node);
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('answers for each of its nodes, on this machine, under its own name', async () => {
    expect([...urls.keys()]).toEqual(nodes);
    for (const [node, url] of urls) {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      const role = node === leader ? 'leader' : 'follower';
      expect(await askJson(`${url}/healthz`)).toMatchObject({
        status: 200,
        said: { alive: true, node, pid: cluster.pid(node) },
      });
      expect(await askJson(`${url}/readyz`)).toEqual({
        status: 200,
        said: { ready: true, node, role, epoch: 1 },
      });
      expect((await metrics(node)).value('verbatim_role', { role, node })).toBe(1);
      expect((await askHttp(`${url}/metrics`, { host: 'evil.example' })).status).toBe(403);
    }
  });

  it("shows a message's way: decided, stored, committed, in the rows of every node (P1)", async () => {
    const before = await metrics(leader);
    const [sent] = (await alice.done(['send', 'bob', 'the text of a message', '--json'])).json;
    await alice.run(['send', 'nobody', 'hello']);
    await cluster.status(); // waits until all are equally far
    const after = await metrics(leader);
    const rise = (name: string, labels = {}) =>
      Number(after.value(name, labels)) - Number(before.value(name, labels));
    expect(rise('verbatim_commands_answered_total')).toBeGreaterThanOrEqual(2);
    expect(rise('verbatim_refusals_total', { code: 'unknown-user' })).toBe(1);
    for (const step of ['append', 'commit', 'frame']) {
      expect(rise(`verbatim_${step}_seconds_count`)).toBeGreaterThanOrEqual(2);
    }
    for (const node of nodes) {
      const now = await metrics(node);
      expect(now.value('verbatim_committed_position')).toBeGreaterThanOrEqual(Number(sent?.position));
      expect(now.value('verbatim_frame_bytes_count')).toBe(now.value('verbatim_committed_frame'));
      expect(now.value('verbatim_frame_events_sum')).toBe(now.value('verbatim_committed_position'));
      expect(now.value('verbatim_leaders_seen_total')).toBe(1);
      expect(now.value('verbatim_copies_in_effect')).toBe(2);
    }
  });

  it('gives no name, text or secret away (P9)', async () => {
    for (const url of urls.values()) {
      for (const page of ['healthz', 'readyz', 'metrics']) {
        expect((await askHttp(`${url}/${page}`)).body).not.toMatch(/alice|bob|message|correct horse|s-|u-/);
      }
    }
  });

  it('is not ready while its server does not answer, lives, and is ready again (P7)', async () => {
    const heard = cluster.said.all.length;
    process.kill(cluster.pid('nats-1'), 'SIGSTOP');
    try {
      await cluster.said.next('is silent; electing', heard);
      for (const node of nodes) await expect.poll(() => readiness(node), patience).toBe(503);
      for (const url of urls.values()) expect((await askHttp(`${url}/healthz`)).status).toBe(200);
    } finally {
      process.kill(cluster.pid('nats-1'), 'SIGCONT');
    }
    for (const node of nodes) await expect.poll(() => readiness(node), patience).toBe(200);
  });

  it('says what it says as an object a line, which processes end among them', async () => {
    killed = (await cluster.leader()).node;
    const heard = cluster.said.all.length;
    await cluster.kill(killed);
    await cluster.said.next(/"msg":"n\d leads epoch \d+"/, heard);
    const said = cluster.said.all.map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const line of said) {
      expect(line).toMatchObject({ level: 'info', msg: expect.any(String) });
      expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    expect(said.filter(({ msg }) => msg === `${leader} leads epoch 1`).map(({ node }) => node)).toEqual(
      expect.arrayContaining(nodes),
    );
    expect(said).toContainEqual(expect.objectContaining({ epoch: 1, msg: `${leader} leads epoch 1` }));
    expect(said.some(({ msg }) => String(msg).startsWith(`${killed} died (SIGKILL)`))).toBe(true);
  });

  it('refuses a port that somebody else has, in one sentence (P10)', async () => {
    const port = new URL(urls.get(nodes.find((node) => node !== killed)!)!).port;
    const args = ['node', '--id', 'n4', '--members', 'n1,n4', '--http-port', port, '--data', cluster.data];
    const { status, stderr } = await cluster.as('operator').run(args);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `error: port-in-use: port ${port} is in use; choose another one with --http-port\n`,
    });
    expect((await cluster.as('operator').run(['node', '--id', 'n1', '--http-port', '65536'])).status).toBe(2);
  });
});
