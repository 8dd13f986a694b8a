/** A leader that only seemed to be dead. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';
import { post, rawUser } from '../support/raw-user.ts';

const nodes = ['n1', 'n2', 'n3'];

describe('a leader that is paused', () => {
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
