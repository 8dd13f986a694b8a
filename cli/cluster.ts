/** A cluster started by `up` or `start`, and what is said about it. */
import { Cluster } from '../src/cluster/cluster.ts';
import { readSecrets } from '../src/cluster/secrets.ts';
import { Operator } from '../src/operator/operator.ts';
import type { UpOptions } from './commands/up.ts';
import { UsageError } from './failure.ts';

export interface StartedCluster {
  readonly url: string;
  /** Resolves, and says so, when a leader serves. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

const pollMs = 25;

export async function startCluster(options: UpOptions, isQuiet = false): Promise<StartedCluster> {
  const { nodes, data, port, restart, json = false } = options;
  const copies = options.copies ?? Math.floor(nodes / 2) + 1;
  if (copies > nodes) throw new UsageError(`${nodes} nodes cannot hold ${copies} copies`);
  if (options.minCopies > copies) throw new UsageError('--min-copies is not more than --copies');
  const say = (object: object, text: string) => {
    if (!isQuiet) process.stdout.write(json ? `${JSON.stringify(object)}\n` : `${text}\n`);
  };
  const cluster = await Cluster.start(
    {
      nodes,
      data,
      port,
      restart,
      nodeArgs: replicaArgs(options, copies),
      program: { command: process.execPath, args: [...process.execArgv, process.argv[1] ?? ''] },
    },
    {
      started: (kind, id, pid, url) =>
        say({ process: kind, id, pid, ...(url ? { url } : {}) }, `${id} started (${kind}, pid ${pid}${url ? `, ${url}` : ''})`),
      line: (_, text) => void (isQuiet || process.stderr.write(`${text}\n`)),
      died: (id, how, willRestart) =>
        void (isQuiet || process.stderr.write(`${id} died (${how})${willRestart ? '; starting it again' : ''}\n`)),
    },
  );
  return {
    url: cluster.url,
    stop: () => cluster.stop(),
    ready: async () => {
      const leader = await leaderServing(cluster.url, data, nodes);
      say({ ready: true, servers: [cluster.url], leader }, `ready: ${leader} leads; servers ${cluster.url}`);
    },
  };
}

function replicaArgs({ election, fsync, sessionGap, minCopies }: UpOptions, copies: number): string[] {
  const gap = `${sessionGap}ms`;
  return ['--election', election, '--fsync', fsync, '--session-gap', gap, '--copies', String(copies), '--min-copies', String(minCopies)];
}

/** Asks until some node says that it leads. */
async function leaderServing(url: string, data: string, nodes: number): Promise<string> {
  const { operatorPassword } = await readSecrets(data);
  for (;;) {
    const operator = await Operator.connect([url], operatorPassword).catch(() => undefined);
    for (let asked = 0; operator && asked < 40; asked++) {
      const statuses = await operator.status(250, nodes);
      const leading = statuses.find(({ node, leader, role }) => role === 'leader' && leader === node);
      if (leading) {
        await operator.close();
        return leading.node;
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    await operator?.close();
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
