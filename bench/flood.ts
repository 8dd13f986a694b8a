/**
 * What one bad client does to a good one: the good one's sends, alone and while the other sends whatever it can as fast as
 * it can, in turns, in one run.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { GuestClient, type Identity, UserClient } from '../src/client/client.ts';
import { systemClient } from '../src/client/system.ts';
import type { BenchCluster } from './cluster.ts';
import { quantile, type Row, round } from './measure.ts';

/** What a flooder sends; see `flooder.ts`. */
const floods = ['nothing', 'sends', 'malformed', 'huge', 'questions', 'connections'] as const;

const rounds = 1;
const roundMs = 1_500;
/** After the beginning of a flood: it is met before it counts as met. */
const settleMs = 500;
const everyMs = 5;
const password = 'a password for a benchmark';
const text = 'x'.repeat(256);

export async function benchFlood({ url }: BenchCluster): Promise<Row[]> {
  const options = systemClient([url]);
  const guest = new GuestClient(options);
  await guest.line.ready(10_000);
  const identities: Identity[] = [];
  for (const name of ['good', 'bad']) {
    await guest.register(name, password);
    identities.push(await guest.logIn(name, password));
  }
  await guest.close();
  const good = new UserClient(options, identities[0]!);
  await good.line.ready(10_000);
  await good.send('bad', text);
  const latenciesMs = new Map(floods.map((flood) => [flood, [] as number[]]));
  for (let count = 0; count <= rounds; count++) {
    for (const flood of floods) {
      const flooder = await startFlooder(url, identities[1]!, flood);
      await pause(settleMs);
      const measured = await sendsMs(good);
      await endOf(flooder);
      await pause(settleMs);
      if (count > 0) latenciesMs.get(flood)!.push(...measured); // the first round only warms up
    }
  }
  await good.close();
  const alone = sorted(latenciesMs.get('nothing')!);
  return floods.map((flood) => {
    const all = sorted(latenciesMs.get(flood)!);
    const p99 = quantile(all, 0.99);
    return {
      flood,
      sends: all.length,
      p50_ms: round(quantile(all, 0.5)),
      p99_ms: round(p99),
      max_ms: round(all.at(-1) ?? Number.NaN),
      p99_to_alone: round(p99 / quantile(alone, 0.99)),
    };
  });
}

/** At a steady pace, whatever became of those before: who waits is counted for the whole time. */
async function sendsMs(client: UserClient): Promise<number[]> {
  const latenciesMs: number[] = [];
  const sends: Promise<void>[] = [];
  const endMs = performance.now() + roundMs;
  while (performance.now() < endMs) {
    const begunMs = performance.now();
    const send = client.send('bad', text).then(() => {
      latenciesMs.push(performance.now() - begunMs);
    });
    sends.push(send);
    await pause(everyMs);
  }
  await Promise.all(sends);
  return latenciesMs;
}

async function startFlooder(url: string, { user, token }: Identity, flood: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('flooder.ts', import.meta.url));
  const child = fork(program, [url, user, flood], { env: { ...process.env, FLOODER_TOKEN: token } });
  await new Promise((resolve) => child.once('message', resolve));
  return child;
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
