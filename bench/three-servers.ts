/**
 * Three servers, and the one that leads the stream is killed: how long users wait, beside how long the engine itself takes
 * until the stream answers again. The difference is what Verbatim adds.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { readSecrets } from '../src/cluster/secrets.ts';
import { connectTo } from '../src/transport/connection.ts';
import { type BenchCluster, removeFolder, startCluster, temporaryFolder, unlimited } from './cluster.ts';
import { type Row, timesRow } from './measure.ts';
import { Talkers } from './talkers.ts';

const stream = 'VERBATIM_1';
const talkerCount = 6;
const tickMs = 4;
const askMs = 20;
const answerMsMax = 250;
const steadyMs = 700;
const settleMsMax = 60_000;

interface Gap {
  readonly usersMs: number;
  readonly engineMs: number;
}

export async function threeServers(times: number): Promise<Row[]> {
  if (times === 0) return [];
  const data = await temporaryFolder();
  const cluster = await startCluster(data, [...unlimited, '--nats', '3']);
  const talkers = await Talkers.gather(cluster.servers, talkerCount);
  try {
    talkers.talk();
    talkers.tick(tickMs);
    const gaps: Gap[] = [];
    for (let index = 0; index < times; index++) gaps.push(await killStreamLeader(cluster, talkers));
    await talkers.stop();
    return [
      timesRow(
        'stream leader of three killed: the engine alone',
        gaps.map(({ engineMs }) => engineMs),
      ),
      timesRow(
        'stream leader of three killed: to the next acknowledged send',
        gaps.map(({ usersMs }) => usersMs),
      ),
      timesRow(
        'of these, what Verbatim adds',
        gaps.map(({ usersMs, engineMs }) => usersMs - engineMs),
      ),
    ];
  } finally {
    await cluster.stop();
    await removeFolder(data);
  }
}

async function killStreamLeader(cluster: BenchCluster, talkers: Talkers): Promise<Gap> {
  const leader = await leaderOnceWell(cluster);
  const others = cluster.servers.filter((_, index) => `nats-${index + 1}` !== leader);
  const { manager, close } = await manage(others, cluster.data);
  try {
    await pause(steadyMs * (0.5 + Math.random()));
    const atMs = performance.now();
    process.kill(cluster.pids.get(leader)!, 'SIGKILL');
    const [engineMs, usersMs] = await Promise.all([untilAnswered(manager), talkers.nextAcknowledged(atMs)]);
    return { engineMs: engineMs - atMs, usersMs: usersMs - atMs };
  } finally {
    await close();
  }
}

/** All three hold the stream: each kill is one, not the second of two. */
async function leaderOnceWell(cluster: BenchCluster): Promise<string> {
  const { manager, close } = await manage(cluster.servers, cluster.data);
  const untilMs = performance.now() + settleMsMax;
  try {
    for (;;) {
      const info = await manager.streams.info(stream).catch(() => undefined);
      const { leader, replicas = [] } = info?.cluster ?? {};
      if (leader && replicas.length === 2 && replicas.every(({ current }) => current)) return leader;
      if (performance.now() > untilMs) throw new Error('the three servers do not come to agree');
      await pause(100);
    }
  } finally {
    await close();
  }
}

/** Only the stream's leader answers this. */
async function untilAnswered(manager: JetStreamManager): Promise<number> {
  for (;;) {
    const isAnswered = await manager.streams.getMessage(stream, { seq: 1 }).then(
      (message) => message !== null,
      () => false,
    );
    if (isAnswered) return performance.now();
    await pause(askMs);
  }
}

async function manage(servers: readonly string[], data: string) {
  const { nodePassword: pass } = await readSecrets(data);
  const credentials = { user: 'node', pass };
  const connection = await connectTo({ servers, credentials, name: 'bench', patient: true });
  const manager = await jetstreamManager(connection, { timeout: answerMsMax, checkAPI: false });
  return { manager, close: () => connection.close() };
}
