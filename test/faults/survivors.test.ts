/** Nodes that die and stay dead. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { type Leader, TestCluster } from '../support/cluster.ts';

const nodes = ['n1', 'n2', 'n3'];

interface Case {
  readonly name: string;
  /** Who dies, given who leads; the second one waits for something. */
  die(cluster: TestCluster, leader: Leader): Promise<string[]>;
}

const cases: readonly Case[] = [
  {
    name: 'the leader, and the next one when it leads',
    die: async (cluster, leader) => {
      const next = await cluster.killLeader(leader);
      await cluster.kill(next.leader);
      return [leader.node, next.leader];
    },
  },
  {
    name: 'the leader, and another one during the election',
    die: async (cluster, leader) => {
      const heard = cluster.said.all.length;
      await cluster.kill(leader.node);
      const line = await cluster.said.next(/n\d: n\d is silent; electing/, heard);
      const candidate = /(n\d): n\d is silent/.exec(line)![1]!;
      await cluster.kill(candidate);
      return [leader.node, candidate];
    },
  },
  {
    name: 'a follower, and then the leader',
    die: async (cluster, leader) => {
      const follower = nodes.find((node) => node !== leader.node)!;
      await cluster.kill(follower);
      await cluster.kill(leader.node);
      return [follower, leader.node];
    },
  },
  {
    name: 'both followers',
    die: async (cluster, leader) => {
      const followers = nodes.filter((node) => node !== leader.node);
      for (const follower of followers) await cluster.kill(follower);
      return followers;
    },
  },
];

describe.each(cases)('two deaths that nobody mends: $name', ({ die }) => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;

  beforeAll(async () => {
    cluster = await TestCluster.start('--no-restart');
    [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it('the survivor serves alone, with all that was acknowledged, and says that it does (P1, P5)', async () => {
    await alice.done(['send', 'bob', 'before']);
    const dead = await die(cluster, await cluster.leader());
    const [survivor] = nodes.filter((node) => !dead.includes(node));
    await alice.done(['send', 'bob', 'after', '--timeout', '10s']);
    expect((await bob.done(['inbox', '--json'])).json.map(({ text }) => text)).toEqual(['before', 'after']);
    const { status, json } = await cluster.status();
    expect(status).toBe(0);
    expect(json.find(({ node }) => node === survivor)).toMatchObject({ role: 'leader', degraded: true });
    for (const node of dead)
      expect(json.find((row) => row.node === node)).toMatchObject({ role: 'unreachable', degraded: true });
  });
});
