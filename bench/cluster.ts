/** A cluster for a benchmark: the real program, in a folder and on a port of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.ts';

/** Where what a cluster can do is measured, and not what it lets one user do. */
export const unlimited = ['--send-rate', '0'];

export const program = fileURLToPath(new URL('../cli/verbatim', import.meta.url));

export interface BenchCluster {
  /** The first server's address. */
  readonly url: string;
  readonly servers: readonly string[];
  readonly data: string;
  /** Process ids by the id of node or server. */
  readonly pids: ReadonlyMap<string, number>;
  /** Resolves with the process id of the next start of a node. */
  restarted(id: string): Promise<number>;
  stop(): Promise<void>;
}

/** What `verbatim up --json` prints. */
type Said =
  | { readonly ready?: undefined; readonly id: string; readonly pid: number }
  | { readonly ready: true; readonly servers: readonly string[]; readonly id?: undefined };

export async function temporaryFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'verbatim-bench-'));
}

/** @param data a folder that may hold a log already; it is left in place by `stop`. */
export async function startCluster(data: string, args: readonly string[] = unlimited): Promise<BenchCluster> {
  const port = await freePort();
  const flags = process.env.BENCH_NODE_FLAGS?.split(' ') ?? []; // such as --cpu-prof, for every process of the cluster
  const child = spawn(
    process.execPath,
    [...flags, program, 'up', '--data', data, '--port', String(port), '--json', ...args],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const pids = new Map<string, number>();
  const waiting = new Map<string, (pid: number) => void>();
  const servers = await new Promise<readonly string[]>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the cluster ended with status ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as Said;
      if (said.id !== undefined) {
        pids.set(said.id, said.pid);
        waiting.get(said.id)?.(said.pid);
      }
      if (said.ready) resolve(said.servers);
    });
  });
  const restarted = (id: string) => new Promise<number>((resolve) => waiting.set(id, resolve));
  return { url: `nats://127.0.0.1:${port}`, servers, data, pids, restarted, stop: () => stop(child) };
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
