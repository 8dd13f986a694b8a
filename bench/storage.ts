/** What a long log costs: folding it anew, starting a node on it, keeping it in memory, sending beside it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserClient } from '../src/client/client.ts';
import { natsLink } from '../src/client/nats-link.ts';
import { readSecrets } from '../src/cluster/secrets.ts';
import { LevelStore } from '../src/log/level.ts';
import { Operator } from '../src/operator/operator.ts';
import { rebuildRows } from '../src/replication/rebuild.ts';
import { systemClock as clock } from '../src/system/clock.ts';
import { systemRandom as random } from '../src/system/random.ts';
import { type BenchCluster, removeFolder, startCluster, temporaryFolder } from './cluster.ts';
import { load, median, quantile, type Row, round } from './measure.ts';
import { prepareCluster, silent, writeLog } from './prepared.ts';
import { nameOf, type SyntheticLog, tokenOf, userOf } from './synthetic.ts';

const longest: SyntheticLog = { users: 100_000, messages: 1_000_000, eventsPerFrame: 128 };

export async function benchRebuild(): Promise<Row[]> {
  const folder = await temporaryFolder();
  try {
    const events = await writeLog(folder, longest);
    const store = await LevelStore.open(folder);
    const iterateMs = await timed(async () => {
      for await (const { bytes } of store.range(1)) if (bytes.length === 0) throw new Error('an empty frame');
    });
    const rebuildMs = await timed(() => rebuildRows({ store, journal: silent, sync: false }));
    await store.close();
    const perSecond = (ms: number) => Math.round((1_000 * events) / ms);
    return [
      {
        what: 'bare iteration',
        events,
        seconds: round(iterateMs / 1_000),
        events_per_second: perSecond(iterateMs),
      },
      {
        what: 'rebuild of all projections',
        events,
        seconds: round(rebuildMs / 1_000),
        events_per_second: perSecond(rebuildMs),
      },
    ];
  } finally {
    await removeFolder(folder);
  }
}

/** Cold start and memory at the longest log, and send latency at three lengths, in alternating rounds. */
export async function benchGrowth(): Promise<Row[]> {
  const lengths = [10_000, 100_000, longest.messages];
  const folders = new Map<number, string>();
  const latencies = new Map<number, number[]>(lengths.map((length) => [length, []]));
  let cold: Row = {};
  try {
    for (const messages of lengths) {
      const data = await temporaryFolder();
      folders.set(messages, data);
      await prepareCluster(data, { ...longest, messages, users: Math.max(1_000, messages / 10) });
    }
    for (let turn = 0; turn < 3; turn++) {
      for (const messages of lengths) {
        const cluster = await startCluster(folders.get(messages)!);
        latencies.get(messages)!.push(await sendLatencyMs(cluster));
        if (turn === 0 && messages === longest.messages) cold = await coldStart(cluster);
        await cluster.stop();
      }
    }
  } finally {
    for (const folder of folders.values()) await removeFolder(folder);
  }
  const shortest = median(latencies.get(lengths[0]!)!);
  const rows = lengths.map((messages): Row => {
    const p50 = median(latencies.get(messages)!);
    return { what: `send p50 with ${messages} messages`, ms: round(p50), to_shortest: round(p50 / shortest) };
  });
  return [...rows, { what: 'cold start of a node, 1,000,000 messages', ...cold }];
}

async function sendLatencyMs({ url }: BenchCluster): Promise<number> {
  const identity = { user: userOf(0), name: nameOf(0), token: tokenOf(0), position: 0 };
  const user = new UserClient({ clock, random, link: natsLink([url]) }, identity);
  await user.line.ready(10_000);
  await load(1, 100, () => user.send(nameOf(1), 'to warm up'));
  const { latenciesMs } = await load(1, 300, () => user.send(nameOf(1), 'x'.repeat(256)));
  await user.close();
  return quantile(latenciesMs, 0.5);
}

/** Kills a follower; from the moment its successor's process exists until it answers in step with the others. */
async function coldStart({ url, data, pids, restarted }: BenchCluster): Promise<Row> {
  const { operatorPassword } = await readSecrets(data);
  const operator = await Operator.connect([url], operatorPassword);
  const leader = (await operator.status(1_000, 3)).find(({ role }) => role === 'leader')?.node;
  const victim = [...pids.keys()].find(
    (id) => id.startsWith('n') && id !== leader && !id.startsWith('nats'),
  )!;
  const next = restarted(victim);
  process.kill(pids.get(victim)!, 'SIGKILL');
  const pid = await next;
  const begunMs = performance.now();
  while (
    !(await operator.status(100, 3)).some(
      ({ node, role, pid: own }) => node === victim && own === pid && role === 'follower',
    )
  );
  const ms = performance.now() - begunMs;
  await operator.close();
  return {
    ms: round(ms),
    rss_mb: await residentMb(pid),
    leader_rss_mb: await residentMb(pids.get(leader!)!),
  };
}

async function residentMb(pid: number): Promise<number> {
  const text = await readFile(join('/proc', String(pid), 'status'), 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await work();
  return performance.now() - begunMs;
}
