/** What a node that is far behind costs: how fast it catches up, and what rate the others keep meanwhile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readSecrets } from '../src/cluster/secrets.ts';
import { Operator } from '../src/operator/operator.ts';
import { program, removeFolder, startCluster, temporaryFolder, unlimited } from './cluster.ts';
import { type Row, round } from './measure.ts';
import { prepareCluster } from './prepared.ts';
import { Talkers } from './talkers.ts';

const behind = { users: 1_000, messages: 100_000, eventsPerFrame: 128 };
const measureMs = 5_000;
const talkerCount = 24;
const late = 'n3';

export async function catchUp(): Promise<Row[]> {
  const data = await temporaryFolder();
  await prepareCluster(data, behind);
  const cluster = await startCluster(data, [...unlimited, '--no-restart']);
  const { operatorPassword } = await readSecrets(data);
  const operator = await Operator.connect([cluster.url], operatorPassword);
  try {
    process.kill(cluster.pids.get(late)!, 'SIGKILL');
    await pause(1_500); // counted as dead
    await rm(join(data, 'nodes', late), { recursive: true });
    const talkers = await Talkers.gather(cluster.servers, talkerCount);
    talkers.talk();
    await pause(2_000); // warm
    const beforeMs = performance.now();
    await pause(measureMs);
    const before = talkers.ratePerSecond(beforeMs, performance.now());
    const [leading] = (await operator.status(1_000, 2)).filter(({ role }) => role === 'leader');
    const startedMs = performance.now();
    const node = startLate(data, cluster.url);
    const { firstMs, endMs, position } = await untilReached(operator, leading!.position);
    const during = talkers.ratePerSecond(firstMs, endMs);
    await talkers.stop();
    node.kill('SIGTERM');
    await once(node, 'exit');
    return [
      {
        what: 'node 100,000 messages behind catches up',
        messages_per_second: Math.round((1_000 * position) / (endMs - firstMs)),
        seconds: round((endMs - firstMs) / 1_000),
        start_seconds: round((firstMs - startedMs) / 1_000),
        rate_before: Math.round(before),
        rate_during: Math.round(during),
        kept_percent: Math.round((100 * during) / before),
      },
    ];
  } finally {
    await operator.close();
    await cluster.stop();
    await removeFolder(data);
  }
}

function startLate(data: string, url: string) {
  const args = ['node', '--id', late, '--data', data, '--servers', url];
  return spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
}

/** From the moment it answers until it holds what the others had when it started. */
async function untilReached(operator: Operator, position: number) {
  let firstMs: number | undefined;
  for (;;) {
    const status = (await operator.status(100, 3)).find(({ node }) => node === late);
    if (status) firstMs ??= performance.now();
    if (status && firstMs !== undefined && status.position >= position) {
      return { firstMs, endMs: performance.now(), position };
    }
    await pause(5);
  }
}
