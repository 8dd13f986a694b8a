/**
 * How true a replay is to the original: a session is made with pauses of all sizes, played back by the real command, and
 * the moments at which its lines arrive are held against those that the log knows.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Profile } from '../cli/profile.ts';
import { GuestClient, type Identity, UserClient } from '../src/client/client.ts';
import { systemClient } from '../src/client/system.ts';
import { type BenchCluster, program } from './cluster.ts';
import { quantile, type Row, round } from './measure.ts';

const password = 'a password for a benchmark';
const readyMsMax = 20_000;
/** Pauses between messages, again and again: what people do, from a burst to a moment of thought. */
const pausesMs = [0, 20, 50, 150, 400, 1_200, 3_000];
const messages = 40;

export async function benchReplay(cluster: BenchCluster): Promise<Row[]> {
  const identity = await talk(cluster);
  const env = { ...process.env, XDG_CONFIG_HOME: cluster.data, VERBATIM_PROFILE: 'bench' };
  new Profile('bench', env).write(identity);
  const { offsetsMs, shownMs } = await playBack(cluster, env);
  const errors = offsetsMs
    .slice(1)
    .map((offset, index) => Math.abs(shownMs[index + 1]! - shownMs[index]! - (offset - offsetsMs[index]!)))
    .sort((a, b) => a - b);
  const totalMs = offsetsMs.at(-1)! - offsetsMs[0]!;
  const error = Math.abs(shownMs.at(-1)! - shownMs[0]! - totalMs);
  return [
    {
      what: 'pauses of a replay at 1 ×, beside the original',
      messages: offsetsMs.length,
      error_ms_p50: round(quantile(errors, 0.5)),
      error_ms_p99: round(quantile(errors, 0.99)),
      error_ms_max: round(errors.at(-1)!),
    },
    {
      what: 'its whole length',
      original_ms: totalMs,
      error_ms: round(error),
      error_percent: round((100 * error) / totalMs),
    },
  ];
}

/** @returns who can play it back. */
async function talk({ servers }: BenchCluster): Promise<Identity> {
  const options = systemClient(servers);
  const guest = new GuestClient(options);
  await guest.line.ready(readyMsMax);
  for (const name of ['anna', 'otto']) await guest.register(name, password);
  const identity = await guest.logIn('anna', password);
  await guest.close();
  const client = new UserClient(options, identity);
  await client.line.ready(readyMsMax);
  for (let index = 0; index < messages; index++) {
    await client.send('otto', `message ${index}`);
    await pause(pausesMs[index % pausesMs.length]);
  }
  await client.close();
  return identity;
}

/** When each line was said, by the log, and when it was printed. */
async function playBack(
  { url }: BenchCluster,
  env: NodeJS.ProcessEnv,
): Promise<{ offsetsMs: number[]; shownMs: number[] }> {
  const args = ['replay', '--with', 'otto', '--json', '--servers', url];
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [offsetsMs, shownMs]: [number[], number[]] = [[], []];
  createInterface({ input: child.stdout }).on('line', (line) => {
    shownMs.push(performance.now());
    offsetsMs.push((JSON.parse(line) as { offset_ms: number }).offset_ms); // our own JSON
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`the replay ended with status ${status}`);
  return { offsetsMs, shownMs };
}
