/** Nodes that die and stay dead, and nodes that only seemed to. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { type Leader, TestCluster } from '../support/cluster.ts';
import { rawUser } from '../support/raw-user.ts';

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

describe('a node that is paused', () => {
  let cluster: TestCluster;
  let alice: Cli;
  let bob: Cli;

  beforeAll(async () => {
    cluster = await TestCluster.start();
    [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
  });
  afterAll(async () => {
    cluster.signal('SIGCONT', ...nodes);
    await cluster.stop();
  });

  it('costs nobody anything while it follows (P5)', async () => {
    const leader = await cluster.leader();
    const follower = nodes.find((node) => node !== leader.node)!;
    const raw = await rawUser(cluster, 'alice'); // before: a paused node may be the one asked who may connect
    cluster.signal('SIGSTOP', follower);
    const waitsMs: number[] = [];
    const untilMs = performance.now() + 3_000; // from before it counts as dead until long after
    for (let index = 0; performance.now() < untilMs; index++) {
      const begunMs = performance.now();
      const [answer] = (await raw.command(post(`paused-${index}`, 'bob', 'hello'))).answers as {
        position: number;
      }[];
      expect(answer?.position).toBeGreaterThan(0);
      waitsMs.push(performance.now() - begunMs);
    }
    cluster.signal('SIGCONT', follower);
    await raw.connection.close();
    expect(await cluster.leader()).toEqual(leader);
    expect(waitsMs.length).toBeGreaterThan(50);
    expect(Math.max(...waitsMs)).toBeLessThan(400); // a starved machine apart, it is a few milliseconds
  });

  // The server gives up a silent connection after some 4 s: before that its answers could still reach somebody.
  it.each([2_500, 10_000])('answers nobody when it led and comes back after %i ms (P3)', async (forMs) => {
    const raw = await rawUser(cluster, 'alice');
    const { node: leader, epoch } = await cluster.leader();
    const heard = cluster.said.all.length;
    const inbox = `stale-${forMs}`;
    const replies: { answers?: { position?: number }[] }[] = [];
    raw.connection.subscribe(`verbatim.answer.${raw.user}.${inbox}`, {
      queue: 'one',
      callback: (_, message) => void replies.push(message.json()),
    });
    cluster.signal('SIGSTOP', leader);
    const id = `stale-${forMs}`;
    // Reaches the paused leader alone: nobody else listens yet.
    raw.connection.publish(`verbatim.cmd.${raw.user}.c-raw`, post(id, 'bob', 'who hears this?'), {
      reply: `_INBOX_${raw.user}.${inbox}`,
    });
    await raw.connection.flush();
    await cluster.saysWhoLeads(epoch + 1);
    await alice.done(['send', 'bob', `meanwhile ${forMs}`]);
    await pause(forMs); // the pause itself is what is tried
    cluster.signal('SIGCONT', leader);
    await cluster.said.next(`${leader} was deposed`, heard);
    await alice.done(['send', 'bob', `afterwards ${forMs}`]);
    await raw.connection.close();

    const posted = (await cluster.as('operator').done(['log', '--json', '--type', 'MessagePosted'])).json;
    const stored = posted.filter(({ cause }) => (cause as { id?: string })?.id === id);
    const positions = replies.flatMap(({ answers = [] }) => answers.map(({ position }) => position));
    expect(positions).toEqual(stored.map(({ position }) => position).slice(0, positions.length));
    expect((await bob.done(['inbox', '--json'])).json.map(({ text }) => text)).toContain(
      `afterwards ${forMs}`,
    );
    const status = await cluster.status();
    expect(status.status).toBe(0);
    expect(new Set(status.json.map(({ state_hash: hash }) => hash)).size).toBe(1);
  });
});

function post(id: string, to: string, text: string): string {
  return JSON.stringify({ after: null, clock: 0, commands: [{ type: 'PostMessage', id, to, text }] });
}
