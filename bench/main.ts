/** `npm run bench`: Verbatim beside the limits of what it is built on, one run, one machine. */
import { cpus, totalmem } from 'node:os';
import { benchChat } from './chat.ts';
import { type BenchCluster, removeFolder, startCluster, temporaryFolder, unlimited } from './cluster.ts';
import { benchFailover } from './failover.ts';
import { benchFlood, floods } from './flood.ts';
import { benchHistory } from './history.ts';
import { print, type Row } from './measure.ts';
import { benchPongLines } from './pong/lines.ts';
import { benchPong } from './pong.ts';
import { benchReplay } from './replay.ts';
import { benchSends } from './sends.ts';
import { benchGrowth, benchRebuild } from './storage.ts';

const args = process.argv.slice(2);
const isJson = args.includes('--json');
const asked = args.filter((arg) => !arg.startsWith('--'));

const benches: Readonly<Record<string, () => Promise<Row[]>>> = {
  sends: async () => await withCluster(benchSends, unlimited),
  flood: async () => await withCluster((cluster) => benchFlood(cluster, floodPlan()), []), // with the limits of every day
  chat: async () => await withCluster((cluster) => benchChat(cluster, count('messages', 100_000)), unlimited),
  rebuild: benchRebuild,
  growth: benchGrowth,
  history: benchHistory,
  replay: async () => await withCluster(benchReplay, unlimited),
  'pong-lines': async () => await withCluster((cluster) => benchPongLines(cluster, count('matches', 20)), []),
  pong: async () =>
    await withCluster((cluster) => benchPong(cluster, { kills: count('kills', 20) }), unlimited),
  failover: () =>
    benchFailover({
      kills: count('kills', 100),
      handovers: count('handovers', 20),
      respawns: count('respawns', 20),
      streamLeaders: count('stream-leaders', 10),
    }),
};

const usage = `choose from ${Object.keys(benches).join(', ')}, with --json or without; chat takes --messages=N, pong-lines --matches=N, failover --kills=N --handovers=N --respawns=N --stream-leaders=N, flood --rounds=N --floods=${floods.join(',')}`;
if (args.some((arg) => arg === '--help' || arg === '-h')) {
  process.stdout.write(`npm run bench [-- PART...]: all but failover and pong-lines, or ${usage}\n`);
  process.exit(0);
}
const unknown = args.filter(
  (arg) =>
    !/^--(json|(messages|matches|kills|handovers|respawns|stream-leaders|rounds)=\d+|floods=[a-z,]+)$/.test(
      arg,
    ) && !Object.hasOwn(benches, arg),
);
if (unknown.length > 0) {
  process.stderr.write(`error: usage: there is no ${unknown.join(', ')}; ${usage}\n`);
  process.exit(2);
}

const head = {
  cpu: cpus()[0]?.model ?? '',
  cores: cpus().length,
  memory_gib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  date: new Date().toISOString(),
};
print('machine', [head], isJson);
for (const [name, bench] of Object.entries(benches)) {
  // These take as long as all others together, and one writes a plot into the documents: only where they are asked for.
  const isLong = name === 'failover' || name === 'pong-lines';
  if (asked.includes(name) || (asked.length === 0 && !isLong)) print(name, await bench(), isJson);
}

async function withCluster(
  bench: (cluster: BenchCluster) => Promise<Row[]>,
  flags: readonly string[],
): Promise<Row[]> {
  const data = await temporaryFolder();
  const cluster = await startCluster(data, flags);
  try {
    return await bench(cluster);
  } finally {
    await cluster.stop();
    await removeFolder(data);
  }
}

function floodPlan() {
  const asked = given('floods')?.split(',') ?? floods;
  return { rounds: count('rounds', 3), floods: floods.filter((flood) => asked.includes(flood)) };
}

/** `--kills=20` */
function count(name: string, otherwise: number): number {
  return Number(given(name) ?? otherwise);
}

function given(name: string): string | undefined {
  return args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1];
}
