/** What is lost of the stream or of a node's copy, and comes back from those who have it. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTo } from '../../src/transport/connection.ts';
import type { Cli } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { saboteur, serverWithSaboteur } from './saboteur.ts';

const nodes = ['n1', 'n2', 'n3'];
const patience = { timeout: 30_000, interval: 100 };

describe('a cluster that loses something', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;
  const sent: { id: string; position: number; text: string }[] = [];

  beforeAll(async () => {
    cluster = await TestCluster.startWith({ NATS_SERVER: await serverWithSaboteur(tempFolder()) });
    [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
    await say('at the beginning');
  });
  afterAll(async () => {
    await cluster.stop();
  });

  async function say(text: string): Promise<void> {
    const [answer] = (await alice.done(['send', 'bob', text, '--json', '--timeout', '30s'])).json;
    const { id, position } = answer as { id: string; position: number };
    sent.push({ id, position, text });
  }

  /** Nothing acknowledged is gone, and nothing has another place; everybody is there and agrees. */
  async function expectAllThere(): Promise<void> {
    await expect
      .poll(async () => (await cluster.status()).json.map((row) => [row.in_sync, row.degraded]), patience)
      .toEqual(nodes.map(() => [true, false]));
    expect(new Set(await cluster.hashes()).size).toBe(1);
    const posted = (await cluster.as('operator').done(['log', '--json', '--type', 'MessagePosted'])).json;
    const kept = posted.map(({ position, cause, data }) => ({
      id: (cause as { id: string }).id,
      position,
      text: (data as { text: string }).text,
    }));
    expect(kept).toEqual(sent);
    await cluster.as('operator').done(['verify']);
  }

  it('goes on when the stream is deleted: same ids, same positions, nothing lost (P1, P2)', async () => {
    const heard = cluster.said.all.length;
    await deleteStream(cluster);
    await say('after the stream was deleted');
    expect(cluster.said.all.slice(heard).join('\n')).toMatch(/seeded generation \d+ after frame \d+ of n\d/);
    await expectAllThere();
  });

  it("goes on when the server's store is wiped while the nodes run (P1, P2)", async () => {
    rmSync(join(cluster.data, 'nats'), { recursive: true });
    await cluster.kill('nats-1');
    await cluster.restarted('nats-1');
    await say('after the store was wiped');
    await expectAllThere();
  });

  it("goes on when the server's store is wiped while nobody runs (P1, P2)", async () => {
    await cluster.stop();
    rmSync(join(cluster.data, 'nats'), { recursive: true });
    await cluster.restart();
    await say('after a start without a store');
    await expectAllThere();
  });

  it.each(['leader', 'follower'])(
    'a damaged copy of a %s is kept, and replaced from the others (P1, P2)',
    async (role) => {
      const { json } = await cluster.status();
      const { node } = json.find((row) => row.role === role) as { node: string };
      const heard = cluster.said.all.length;
      const folder = join(cluster.data, 'nodes', node);
      // What a disk forgets while nobody looks: the table of contents of the database.
      await cluster.kill(node);
      for (const name of readdirSync(folder)) if (name.startsWith('MANIFEST')) damage(join(folder, name));
      await cluster.restarted(node);
      const kept = await cluster.said.next(`${node}: kept the damaged copy in `, heard);
      await say(`while a ${role} was mended`);
      await expectAllThere();
      expect(readdirSync(/ in (.*); /.exec(kept)![1]!)).toContain('CURRENT');
    },
  );

  it('a copy that names a file which is not there is damaged, and no trouble with the disk (P2)', async () => {
    const heard = cluster.said.all.length;
    await cluster.kill('n2');
    writeFileSync(join(cluster.data, 'nodes', 'n2', 'CURRENT'), 'MANIFEST-999999\n');
    await cluster.restarted('n2');
    await cluster.said.next('n2: kept the damaged copy in ', heard);
    await expectAllThere();
  });

  it('verifies as a whole when it is stopped, whatever was kept as evidence (P2)', async () => {
    expect(await cluster.stop()).toBe(0);
    const { json } = await cluster.as('operator').done(['verify', '--json', '--data', cluster.data]);
    expect(json.filter(({ ok }) => ok).map(({ node }) => node)).toEqual(nodes);
  });

  it('has shown its users everything, once (P4)', async () => {
    await cluster.restart();
    const shown = (await bob.done(['inbox', '--json'])).json.map(({ text }) => text);
    expect(shown).toEqual(sent.map(({ text }) => text));
  });
});

function damage(file: string): void {
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; at += 7) bytes[at] = bytes[at]! ^ 255;
  writeFileSync(file, bytes);
}

async function deleteStream(cluster: TestCluster): Promise<void> {
  const connection = await connectTo({
    servers: [cluster.url],
    credentials: saboteur,
    name: 'test',
    patient: false,
  });
  const manager = await jetstreamManager(connection);
  for await (const name of manager.streams.names()) await manager.streams.delete(name);
  await connection.close();
}
