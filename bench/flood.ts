/**
 * What one bad client does to a good one: the good one's sends at a steady pace, alone and while another floods.
 *
 * Rounds alternate in one run, and medians are quoted. Each flood of each round has an account and an address of its own,
 * so that none is kept out for what an earlier one did; it is measured from its first moment, when nobody has met it yet,
 * for as long as a ban lasts. On few cores a flooder slows others down by what it burns itself, whatever becomes of its
 * flood: that is measured with the same flooder at a server that has nothing to do with the cluster (`p99_to_busy`).
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { GuestClient, UserClient } from '../src/client/client.ts';
import { systemClient } from '../src/client/system.ts';
import { findServerBinary } from '../src/cluster/server-binary.ts';
import { limits } from '../src/events/limits.ts';
import { connectionLimits } from '../src/transport/auth-callout.ts';
import { freePort } from '../test/support/free-port.ts';
import type { BenchCluster } from './cluster.ts';
import type { FloodCount, FloodKind, FloodOrder } from './flooder.ts';
import { median, quantile, type Row, round } from './measure.ts';

export const floods: readonly FloodKind[] = [
  'malformed',
  'sends',
  'clients',
  'huge',
  'questions',
  'pages',
  'deaf',
  'connections',
  'guests',
  'subscriptions',
  'passwords',
];

export interface FloodPlan {
  readonly rounds: number;
  readonly floods: readonly FloodKind[];
}

const roundMs = 2_000;
/** As long as a flooder is kept out: one that comes back then begins anew. */
const floodMs = 10_000;
const firstMs = 1_000;
/** Until what a flood left behind is done with. */
const restMs = 800;
const everyMs = 5;
const password = 'a password for a benchmark';
const text = 'x'.repeat(256);

/** Percentiles of one round, in milliseconds. */
interface Round {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of those begun in the first second, while the flood is met. */
  readonly firstP99Ms: number;
}

interface Result {
  readonly quiet: Round[];
  /** While the flooder is busy elsewhere. */
  readonly busy: Round[];
  readonly flooded: Round[];
  readonly counts: FloodCount[];
}

export async function benchFlood({ url }: BenchCluster, { rounds, floods }: FloodPlan): Promise<Row[]> {
  const options = systemClient([url]);
  const guest = new GuestClient(options);
  await guest.line.ready(10_000);
  const enrol = async (name: string) => {
    await guest.register(name, password);
    return await guest.logIn(name, password);
  };
  const good = new UserClient(options, await enrol('good'));
  await enrol('friend');
  await good.line.ready(10_000);
  const unrelated = await startUnrelated();
  const results = new Map(floods.map((flood): [FloodKind, Result] => [flood, emptyResult()]));
  try {
    await measure(good); // warms up
    for (let number = 1; number <= rounds; number++) {
      for (const [index, [flood, result]] of [...results].entries()) {
        const bad = await enrol(`bad-${flood}-${'abcdefghij'[number % 10]}`);
        if (flood === 'questions' || flood === 'pages' || flood === 'deaf') await fillQueue(good, bad.name);
        const order = (port: number): FloodOrder => ({
          port,
          flood,
          from: `127.0.${number}.${index + 2}`,
          user: bad.user,
          token: bad.token,
          victim: 'good',
          payloadBytes: connectionLimits.payloadBytes,
        });
        await pause(restMs);
        result.quiet.push(await measure(good));
        result.busy.push((await whileFlooding(order(unrelated.port), good)).round);
        const { round, count } = await whileFlooding(order(Number(new URL(url).port)), good, floodMs);
        result.flooded.push(round);
        result.counts.push(count);
      }
    }
  } finally {
    unrelated.stop();
    await guest.close();
    await good.close();
  }
  return [...results].map(([flood, result]) => row(flood, result));
}

function row(flood: string, { quiet, busy, flooded, counts }: Result): Row {
  const p99 = (rounds: readonly Round[]) => median(rounds.map(({ p99Ms }) => p99Ms));
  const cutOff = counts.flatMap(({ cutOffAfterMs }) => cutOffAfterMs ?? []);
  const of = (value: (count: FloodCount) => number) => round(median(counts.map(value)));
  return {
    flood,
    quiet_p99_ms: round(p99(quiet)),
    busy_p99_ms: round(p99(busy)),
    p50_ms: round(median(flooded.map(({ p50Ms }) => p50Ms))),
    p99_ms: round(p99(flooded)),
    first_second_p99_ms: round(median(flooded.map(({ firstP99Ms }) => firstP99Ms))),
    max_ms: round(Math.max(...flooded.map(({ maxMs }) => maxMs))),
    p99_to_quiet: round(p99(flooded) / p99(quiet)),
    p99_to_busy: round(p99(flooded) / p99(busy)),
    flooded_mb: of(({ sentBytes }) => sentBytes / 1e6),
    let_in: of(({ entered }) => entered),
    kept_out: of(({ refused }) => refused),
    cut_off_ms: cutOff.length > 0 ? round(median(cutOff)) : '',
    rounds: flooded.length,
  };
}

async function whileFlooding(
  order: FloodOrder,
  good: UserClient,
  forMs = roundMs,
): Promise<{ round: Round; count: FloodCount }> {
  const flooder = await startFlooder(order);
  flooder.send('go');
  const round = await measure(good, forMs);
  const told = once(flooder, 'message') as Promise<[FloodCount]>; // its only other message
  flooder.send('stop');
  const [count] = await told;
  if (flooder.exitCode === null) await once(flooder, 'exit');
  await pause(restMs);
  return { round, count };
}

/** At a steady pace, whatever became of those before: who waits is counted for the whole time. */
async function measure(client: UserClient, forMs = roundMs): Promise<Round> {
  const latenciesMs: number[] = [];
  const sends: Promise<void>[] = [];
  const firstLatenciesMs: number[] = [];
  const firstUntilMs = performance.now() + firstMs;
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) {
    const begunMs = performance.now();
    const send = client.send('friend', text).then(() => {
      const latencyMs = performance.now() - begunMs;
      latenciesMs.push(latencyMs);
      if (begunMs < firstUntilMs) firstLatenciesMs.push(latencyMs);
    });
    sends.push(send);
    await pause(everyMs);
  }
  await Promise.all(sends);
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return {
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? Number.NaN,
    firstP99Ms: quantile(
      firstLatenciesMs.toSorted((a, b) => a - b),
      0.99,
    ),
  };
}

/** With as much as fits into an answer. */
async function fillQueue(sender: UserClient, name: string): Promise<void> {
  const largest = 'x'.repeat(limits.textBytesMax);
  const count = limits.answerBytesMax / limits.textBytesMax;
  await Promise.all(Array.from({ length: count }, () => sender.send(name, largest)));
}

async function startFlooder(order: FloodOrder): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('flooder.ts', import.meta.url));
  const child = fork(program, [JSON.stringify(order)]);
  await once(child, 'message'); // it is ready
  return child;
}

/** A server that lets everybody in and serves nobody who matters. */
async function startUnrelated(): Promise<{ port: number; stop(): void }> {
  const port = await freePort();
  const child = spawn(await findServerBinary(), ['-a', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve) => {
    // Read on after that: nobody may write to a pipe that is closed.
    child.stderr.on('data', (chunk) => (String(chunk).includes('Server is ready') ? resolve() : undefined));
  });
  return { port, stop: () => child.kill('SIGKILL') };
}

function emptyResult(): Result {
  return { quiet: [], busy: [], flooded: [], counts: [] };
}
