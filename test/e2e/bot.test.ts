/** The example of a bot: it answers, and goes on answering when the leader dies. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cli, Running } from '../support/cli.ts';
import { TestCluster } from '../support/cluster.ts';

const bot = fileURLToPath(new URL('../../examples/bot.mjs', import.meta.url));
let cluster: TestCluster;
let alice: Cli;

beforeAll(async () => {
  cluster = await TestCluster.start();
  [alice] = (await cluster.welcome('alice', 'echo')) as [Cli, Cli];
});
afterAll(async () => {
  await cluster.stop();
});

it('answers each message once, in order, across the death of a leader (P4, P6)', async () => {
  const running = new Running(spawn(bot, { env: { ...cluster.env, VERBATIM_PROFILE: 'echo' } }));
  const heard = alice.start(['inbox', '--follow', '--json']);
  await alice.done(['send', 'echo', 'one']);
  await heard.out.next('you said: one');
  await cluster.killLeader();
  await alice.done(['send', 'echo', '-'], { input: 'two\nyou said: three\nfour\n' });
  await heard.out.next('you said: four');
  running.signal('SIGTERM');
  expect(await running.ended()).toBe(0);
  heard.signal('SIGTERM');
  await heard.ended();
  expect(heard.out.all.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual(
    ['one', 'two', 'four'].map((text) => `you said: ${text}`),
  );
});
