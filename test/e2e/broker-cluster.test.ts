/** Three nats-servers keep the stream: any one of them may be killed, at any time, and no acknowledged message with it. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JetStreamLogs } from '../../src/log/jetstream.ts';
import { connectTo } from '../../src/transport/connection.ts';
import { Cli } from '../support/cli.ts';
import { ownEnvironment, TestCluster } from '../support/cluster.ts';
import { freePort } from '../support/free-port.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Sent {
  readonly id: string;
  readonly position: number;
  readonly session: string;
  readonly text: string;
}

const servers = ['nats-1', 'nats-2', 'nats-3'];
/** The engine's own election takes up to 9 s. */
const electedWithinMs = 30_000;

describe('a cluster with three nats-servers', () => {
  const acknowledged: Sent[] = [];
  let cluster: TestCluster;
  let urls: string[];
  let connection: NatsConnection;
  let manager: JetStreamManager;
  let alice: Cli;
  let bob: Cli;

  beforeAll(async () => {
    cluster = await TestCluster.start('--nats', '3');
    urls = servers.map((_, index) => `nats://127.0.0.1:${cluster.port + index}`);
    const secrets = JSON.parse(readFileSync(join(cluster.data, 'secrets.json'), 'utf8'));
    const credentials = { user: 'node', pass: String(secrets.nodePassword) };
    connection = await connectTo({ servers: urls, credentials, name: 'test', patient: true });
    manager = await jetstreamManager(connection, { timeout: 500, checkAPI: false });
    [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
  });
  afterAll(async () => {
    await connection.close();
    await cluster.stop();
  });

  async function streamInfo(): Promise<StreamInfo | undefined> {
    const generation = await new JetStreamLogs(connection).newest().catch(() => 0);
    return await manager.streams.info(`VERBATIM_${generation}`).catch(() => undefined);
  }

  async function streamLeader(): Promise<string> {
    return (await streamInfo())?.cluster?.leader ?? '';
  }

  /** Resolves when all three servers hold the stream as far as it goes, so that the next one may die. */
  async function inStep(): Promise<void> {
    const current = async () => (await streamInfo())?.cluster?.replicas?.filter((replica) => replica.current);
    await expect.poll(current, { timeout: electedWithinMs }).toHaveLength(2);
  }

  /** Says lines one after the other, each when the one before is acknowledged, until `isOver`. */
  async function talk(cli: Cli, from: string, to: string, isOver: () => boolean): Promise<void> {
    const sending = cli.start(['send', to, '-', '--json', '--timeout', '60s']);
    for (let number = 1; !isOver(); number++) {
      const text = `${from} ${number}`;
      sending.type(text);
      const line = (await sending.out.atLeast(number))[number - 1]!;
      acknowledged.push({ ...(JSON.parse(line) as Sent), text });
    }
    sending.endInput();
    expect(await sending.ended()).toBe(0);
  }

  /** @returns when the server is back and messages that were given after its death are acknowledged. */
  async function killAndGoOn(server: string): Promise<void> {
    await cluster.kill(server);
    const before = acknowledged.length;
    await cluster.restarted(server);
    await expect.poll(() => acknowledged.length, { timeout: electedWithinMs }).toBeGreaterThan(before + 10);
    await inStep();
  }

  it('tells where all three are, and has each of them keep the stream', async () => {
    const ready = JSON.parse(await cluster.told.next('"ready":true')) as { servers: string[] };
    expect(ready.servers).toEqual(urls);
    expect(readFileSync(join(cluster.data, 'address'), 'utf8')).toBe(`${urls.join(',')}\n`);
    await inStep();
    expect((await streamInfo())?.config).toMatchObject({ num_replicas: 3, allow_direct: false });
    for (const server of servers)
      expect(existsSync(join(cluster.data, 'nats', server, 'jetstream'))).toBe(true);
  });

  it('goes on when each server in turn is killed, with every acknowledged message once and in order (P1, P3, P6)', async () => {
    let isOver = false;
    const talking = Promise.all([
      talk(alice, 'alice', 'bob', () => isOver),
      talk(bob, 'bob', 'alice', () => isOver),
    ]);
    const leader = await streamLeader();
    const [first, last] = servers.filter((server) => server !== leader) as [string, string];
    await killAndGoOn(first);
    expect(await streamLeader()).toBe(leader); // so the next death stops the stream until there is another
    await killAndGoOn(leader);
    await killAndGoOn(last);
    isOver = true;
    await talking;

    const inOrder = [...acknowledged].sort((a, b) => a.position - b.position);
    const { session } = inOrder[0]!;
    const transcript = await alice.done(['transcript', '--session', session, '--json']);
    expect(transcript.json.map(({ id, text }) => ({ id, text }))).toEqual(
      inOrder.map(({ id, text }) => ({ id, text })),
    );
    const status = await cluster.status();
    expect(status.status).toBe(0);
    expect(new Set(status.json.map(({ state_hash }) => state_hash)).size).toBe(1);
  });

  it.each(servers.map((server, index) => ({ server, index })))(
    'lets users in at $server (P9)',
    async ({ index }) => {
      const { stdout } = await alice.done(['whoami', '--servers', urls[index]!]);
      expect(stdout).toBe('alice\n');
      const stranger = await cluster.as('mallory').run(['whoami', '--servers', urls[index]!]);
      expect(stranger.status).toBe(1);
    },
  );

  it('keeps everything across a restart of all, and is not started with another number of servers (P1)', async () => {
    expect(await cluster.stop()).toBe(0);
    const other = await new Cli(cluster.env).run(['up', '--port', String(cluster.port)]);
    expect(other.stderr).toBe(
      `error: data-unusable: ${cluster.data} holds the stream of three nats-servers: start it with --nats 3\n`,
    );
    await cluster.restart();
    const { session } = acknowledged[0]!;
    const { lines } = await bob.done(['transcript', '--session', session]);
    expect(lines).toHaveLength(acknowledged.length);
    await alice.done(['send', 'bob', 'still here']);
  });
});

describe('three nats-servers that cannot be started', () => {
  const up = async (...args: string[]) => {
    const data = join(tempFolder(), 'data');
    const ended = await new Cli(ownEnvironment()).run(['up', '--data', data, ...args]);
    expect(existsSync(data)).toBe(false);
    return { status: ended.status, stderr: ended.stderr };
  };

  it('a port in use, whichever of the six (P10)', async () => {
    const port = await freePort(6);
    for (const taken of [port + 2, port + 5]) {
      const other = createServer().listen(taken, '127.0.0.1');
      const { status, stderr } = await up('--nats', '3', '--port', String(port));
      other.close();
      expect(stderr).toMatch(new RegExp(`^error: port-in-use: port ${taken} is in use[^\n]*\n$`));
      expect(status).toBe(1);
    }
  });

  it.each([
    ['too few ports', ['--nats', '3', '--port', '65531']],
    ['another number', ['--nats', '2']],
  ])('%s (P10)', async (_, args) => {
    const { status, stderr } = await up(...args);
    expect(stderr).toMatch(/^error: usage: [^\n]+\n$/);
    expect(status).toBe(2);
  });
});
