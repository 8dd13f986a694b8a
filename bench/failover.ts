/**
 * How long users wait when something dies: kills of the leader, handovers, kills of the server, and what a node that
 * has to catch up costs the others.
 *
 * Two kinds of load run throughout. Some talk one message at a time and show how long anybody waits. One begins a message
 * every few milliseconds whatever became of the others: the first of these that was begun after a kill and is
 * acknowledged was answered by whoever came after the dead, for the dead cannot have answered it.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readSecrets } from '../src/cluster/secrets.ts';
import { assess } from '../src/operator/health.ts';
import { Operator } from '../src/operator/operator.ts';
import { readLog } from '../src/operator/running.ts';
import { catchUp } from './catch-up.ts';
import { type BenchCluster, removeFolder, startCluster, temporaryFolder } from './cluster.ts';
import { type Row, timesRow } from './measure.ts';
import { plotSvg } from './plot.ts';
import { Talkers } from './talkers.ts';
import { threeServers } from './three-servers.ts';

const nodes = ['n1', 'n2', 'n3'];
const talkerCount = 6;
const tickMs = 4;
const steadyMs = 700;
const settleMsMax = 60_000;
const plotFile = fileURLToPath(new URL('../docs/failover.svg', import.meta.url));

export interface FailoverOptions {
  readonly kills: number;
  readonly handovers: number;
  readonly respawns: number;
  /** Kills of the server that leads the stream, of three. */
  readonly streamLeaders: number;
}

export async function benchFailover({
  kills,
  handovers,
  respawns,
  streamLeaders,
}: FailoverOptions): Promise<Row[]> {
  const data = await temporaryFolder();
  const cluster = await startCluster(data);
  const { operatorPassword } = await readSecrets(data);
  const operator = await Operator.connect([cluster.url], operatorPassword);
  const scene = new Scene(cluster, operator, await Talkers.gather(cluster.servers, talkerCount));
  try {
    const killed = await scene.repeat(kills, async () => scene.hit(await scene.leader(), 'SIGKILL'));
    const handed = await scene.repeat(handovers, async () => scene.hit(await scene.leader(), 'SIGTERM'));
    const respawned = await scene.repeat(respawns, () => scene.hit('nats-1', 'SIGKILL'));
    const { lost, repeated, acknowledged } = await scene.account();
    await writePlot(killed, handed, respawned);
    const gap = ({ gapMs }: Hit) => gapMs;
    const wait = ({ longestWaitMs }: Hit) => longestWaitMs;
    return [
      timesRow('leader killed: to the next acknowledged send', killed.map(gap)),
      timesRow('leader killed: longest wait of any client', killed.map(wait)),
      timesRow('leader hands over: to the next acknowledged send', handed.map(gap)),
      timesRow('leader hands over: longest wait of any client', handed.map(wait)),
      timesRow('server killed and respawned: to the next acknowledged send', respawned.map(gap)),
      { what: 'sends acknowledged, lost, repeated', times: acknowledged, lost, repeated },
      ...(await threeServers(streamLeaders)),
      ...(await catchUp()),
    ];
  } finally {
    await operator.close();
    await cluster.stop();
    await removeFolder(data);
  }
}

interface Hit {
  /** From the signal to the first acknowledgement of something begun after it. */
  readonly gapMs: number;
  readonly longestWaitMs: number;
}

class Scene {
  readonly #cluster: BenchCluster;
  readonly #operator: Operator;
  readonly #talkers: Talkers;

  constructor(cluster: BenchCluster, operator: Operator, talkers: Talkers) {
    this.#cluster = cluster;
    this.#operator = operator;
    this.#talkers = talkers;
    talkers.talk();
    talkers.tick(tickMs);
  }

  async repeat(times: number, hit: () => Promise<Hit>): Promise<Hit[]> {
    const hits: Hit[] = [];
    for (let index = 0; index < times; index++) {
      await this.#untilWell();
      hits.push(await hit());
    }
    return hits;
  }

  async leader(): Promise<string> {
    const statuses = await this.#operator.status(1_000, nodes.length);
    const leading = statuses.find(({ role }) => role === 'leader');
    if (!leading) throw new Error('nobody leads');
    return leading.node;
  }

  async hit(id: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<Hit> {
    await pause(steadyMs * (0.5 + Math.random())); // not in step with anything
    const atMs = performance.now();
    process.kill(this.#cluster.pids.get(id)!, signal);
    const gapMs = (await this.#talkers.nextAcknowledged(atMs)) - atMs;
    await pause(steadyMs);
    const longestWaitMs = Math.max(0, ...this.#talkers.waitsMs(atMs, performance.now()));
    return { gapMs, longestWaitMs };
  }

  /** What was acknowledged, and how often it stands in the log. */
  async account(): Promise<{ acknowledged: number; lost: number; repeated: number }> {
    await this.#talkers.stop();
    const counts = new Map<string, number>();
    const query = { from: 0, to: null, types: ['MessagePosted'] };
    for await (const { cause } of readLog(this.#operator, await this.leader(), query, 10_000)) {
      if (cause) counts.set(cause.id, (counts.get(cause.id) ?? 0) + 1);
    }
    const acknowledged = this.#talkers.said.filter(({ acknowledgedMs }) => acknowledgedMs !== undefined);
    return {
      acknowledged: acknowledged.length,
      lost: acknowledged.filter(({ id }) => !counts.has(id)).length,
      repeated: [...counts.values()].filter((count) => count > 1).length,
    };
  }

  /** All three are there and hold what is committed: each hit is one, not the second of two. */
  async #untilWell(): Promise<void> {
    const untilMs = performance.now() + settleMsMax;
    for (;;) {
      const statuses = await this.#operator.status(1_000, nodes.length).catch(() => []);
      const { leader, degraded } = assess([], statuses, nodes);
      if (leader !== undefined && degraded.length === 0) return;
      if (performance.now() > untilMs)
        throw new Error(`not well again: ${leader} leads; ${degraded.join('; ')}`);
      await pause(50);
    }
  }
}

async function writePlot(
  killed: readonly Hit[],
  handed: readonly Hit[],
  respawned: readonly Hit[],
): Promise<void> {
  const panels = [
    {
      title: `${killed.length} kills of the leader: to the next acknowledged send`,
      valuesMs: killed.map(({ gapMs }) => gapMs),
      goals: [
        { ms: 600, name: 'goal p50' },
        { ms: 1_000, name: 'goal p99' },
      ],
    },
    {
      title: `${handed.length} handovers: longest wait of any client`,
      valuesMs: handed.map(({ longestWaitMs }) => longestWaitMs),
      goals: [{ ms: 200, name: 'goal p99' }],
    },
    {
      title: `${respawned.length} respawns of nats-server: to the next acknowledged send`,
      valuesMs: respawned.map(({ gapMs }) => gapMs),
      goals: [{ ms: 1_500, name: 'goal p99' }],
    },
  ];
  if (panels.some(({ valuesMs }) => valuesMs.length === 0)) return; // only a part was asked for
  await writeFile(plotFile, plotSvg({ title: 'Verbatim: how long users wait when something dies', panels }));
}
