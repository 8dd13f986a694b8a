/** A conversation whose leader is killed with kill -9, again and again, on both ways of electing. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cli, Running } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';
import { drawnIn, expectForward } from '../support/diagrams.ts';

interface Sent {
  readonly id: string;
  readonly position: number;
  readonly session: string;
}

const variants = [
  { election: 'random', fsync: 'stream' },
  { election: 'lowest-id', fsync: 'nodes' },
];

describe.each(variants)(
  'a conversation across the death of its leader ($election, --fsync $fsync)',
  ({ election, fsync }) => {
    const linesEach = 60;
    const acknowledged: (Sent & { from: string; text: string })[] = [];
    let cluster: TestCluster;
    let alice: Cli;
    let bob: Cli;
    let lastEpoch = 0;
    let lastKilled = '';

    beforeAll(async () => {
      cluster = await TestCluster.start('--election', election, '--fsync', fsync);
      [alice, bob] = (await cluster.welcome('alice', 'bob')) as [Cli, Cli];
    });
    afterAll(async () => {
      await cluster.stop();
    });

    /** Says lines one after the other, each when the one before is acknowledged, so that the kill falls among them. */
    async function talk(
      cli: Cli,
      from: string,
      to: string,
      killAt: { line: number; kill: () => Promise<unknown> },
    ): Promise<void> {
      const sending = cli.start(['send', to, '-', '--json', '--timeout', '60s']);
      let killing: Promise<unknown> | undefined;
      for (let number = 1; number <= linesEach; number++) {
        sending.type(`${from} ${number}`);
        if (number === killAt.line) killing = killAt.kill();
        const line = (await sending.out.atLeast(number))[number - 1]!;
        acknowledged.push({ ...(JSON.parse(line) as Sent), from, text: `${from} ${number}` });
      }
      sending.endInput();
      expect(await sending.ended()).toBe(0);
      await killing;
    }

    it('goes on, with everything acknowledged kept once and in order, and shown once to who listens (P1, P3, P4, P6)', async () => {
      const listening: Running = bob.start(['inbox', '--follow', '--json']);
      const leader = await cluster.leader();
      const kill = async () => {
        ({ epoch: lastEpoch, killed: lastKilled } = await cluster.killLeader(leader));
      };
      const never = { line: 0, kill: async () => undefined };
      await Promise.all([talk(alice, 'alice', 'bob', { line: 20, kill }), talk(bob, 'bob', 'alice', never)]);
      const shown = (await listening.out.atLeast(linesEach)).map(
        (line) => (JSON.parse(line) as { text: string }).text,
      );
      expect(shown).toEqual(Array.from({ length: linesEach }, (_, index) => `alice ${index + 1}`));
      listening.signal('SIGINT');
      expect(await listening.ended()).toBe(0);
      expect(listening.out.all).toHaveLength(linesEach);
      expect((await bob.done(['inbox'])).stdout).toBe('');

      const inOrder = [...acknowledged].sort((a, b) => a.position - b.position);
      const transcript = await alice.done(['transcript', '--session', inOrder[0]!.session, '--json']);
      expect(transcript.json.map(({ id, from, text }) => ({ id, from, text }))).toEqual(
        inOrder.map(({ id, from, text }) => ({ id, from, text })),
      );
      const replayed = await bob.done(['replay', '--session', inOrder[0]!.session, '--max-gap', '0ms']);
      expect(replayed.lines).toEqual(inOrder.map(({ from, text }) => `${from}: '${text}'`));
    });

    it('tells the operator what happened, on every node', async () => {
      for (const node of ['n1', 'n2', 'n3']) await cluster.saysWhoLeads(lastEpoch, node); // the dead one is back
    });

    it('is drawn from the Lamport stamps: who said what after what, and who led after whom', async () => {
      const diagram = async (...of: string[]) => {
        const lanes = drawnIn((await cluster.as('operator').done(['clocks', 'diagram', ...of])).stdout);
        expectForward(lanes);
        return lanes;
      };
      const said = await diagram('--session', acknowledged[0]!.session);
      expect(said.map(({ name }) => name).toSorted()).toEqual(['alice', 'bob', 'service']);
      const posts = said.map(({ events }) => events.filter(({ what }) => what === 'posts').length);
      expect(posts.toSorted((a, b) => a - b)).toEqual([0, linesEach, linesEach]);
      const shown = said.find(({ name }) => name === 'bob')!.events.filter(({ from }) => from !== undefined);
      expect(shown.at(-1)).toMatchObject({ what: "is shown alice's message", from: { machine: 'alice' } });
      const elected = (await diagram('--elections')).flatMap(({ events }) => events);
      const takenOver = elected.find(({ what }) => what === `is elected for epoch ${lastEpoch}`);
      expect(takenOver?.from?.machine).toBe(lastKilled);
    });

    it('has equal hashes on all nodes when the dead one is back, and verifies running and stopped (P2)', async () => {
      const { killed, epoch } = await cluster.killLeader();
      await cluster.restarted(killed);
      await cluster.saysWhoLeads(epoch, killed);
      await alice.done(['send', 'bob', 'and all are back']);
      const status = await cluster.status();
      expect(status.status).toBe(0);
      expect(new Set(status.json.map(({ state_hash }) => state_hash)).size).toBe(1);

      const operator = cluster.as('operator');
      const online = await operator.done(['verify', '--json']);
      const named = await operator.done(['verify', '--json', '--data', cluster.data]); // it is running: the same question
      expect(named.json).toEqual(online.json);
      expect(await cluster.stop()).toBe(0);
      const offline = await operator.done(['verify', '--json', '--data', cluster.data]);
      expect(offline.json.map(({ node, ok }) => ({ node, ok }))).toEqual(
        ['n1', 'n2', 'n3'].map((node) => ({ node, ok: true })),
      );
      const [one] = (await operator.done(['verify', '--json', '--data', join(cluster.data, 'nodes', 'n2')]))
        .json;
      expect(one).toEqual(offline.json[1]);
      const log = await operator.done(['log', '--json', '--data', cluster.data, '--type', 'MessagePosted']);
      expect(log.lines).toHaveLength(2 * linesEach + 1);
    });

    it('keeps everything across a restart of all, and gives a node that lost its disk all of it again (P1, P5)', async () => {
      rmSync(join(cluster.data, 'nodes', 'n3'), { recursive: true });
      await cluster.restart();
      const { session } = acknowledged[0]!;
      expect((await bob.done(['transcript', '--session', session])).lines).toHaveLength(2 * linesEach + 1);
      await alice.done(['send', 'bob', 'still here']);
      const status = await cluster.status();
      expect(status.status).toBe(0);
      expect(new Set(status.json.map(({ state_hash }) => state_hash)).size).toBe(1);
    });
  },
);
