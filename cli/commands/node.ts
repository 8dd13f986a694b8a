/** `verbatim node`: one replica in the foreground. */
import type { Command } from 'commander';
import { UsageError } from '../failure.ts';
import {
  freePort,
  nodeId,
  type OutputOptions,
  type ReplicaOptions,
  withAnyProfile,
  withData,
  withOutput,
  withReplica,
  withServers,
} from '../options.ts';
import { Output } from '../output.ts';
import { reachOf } from '../session.ts';

interface Options extends ReplicaOptions, OutputOptions {
  readonly id: string;
  readonly data: string;
  readonly servers?: readonly string[];
  readonly tlsCa?: string;
  readonly insecurePlaintext?: boolean;
  readonly members: readonly string[];
  readonly httpPort: number;
  readonly verbose?: boolean;
}

export function configure(command: Command): void {
  withReplica(withAnyProfile(withServers(withData(withOutput(command)))))
    .requiredOption('--id <id>', 'the id of this node, such as n1', nodeId)
    .option('--members <ids>', 'all nodes of a cluster that is founded now', nodeIds, ['n1', 'n2', 'n3'])
    .option(
      '--http-port <n>',
      'where /healthz, /readyz and /metrics are on 127.0.0.1; 0: any free',
      freePort,
      0,
    )
    .option('--verbose', 'tell more on standard error')
    .addHelpText(
      'after',
      `
The data folder holds the secrets that \`verbatim up\` made there; the node's own data lies in it under nodes/ID.

Example:
  $ verbatim node --id n1 --data .verbatim --servers nats://127.0.0.1:4222`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { runNode } = await import('../../src/node.ts');
  const { id, data, members, election: strategy, fsync, httpPort, log } = options;
  const times = { sessionGapMs: options.sessionGap, logInMs: options.loginLife };
  if (!members.includes(id)) throw new UsageError(`--members does not name ${id} itself`);
  const copies = options.copies ?? Math.floor(members.length / 2) + 1;
  const reach = await reachOf(options);
  const watching = { httpPort, log, isVerbose: options.verbose ?? false, isInspectable: options.inspect };
  const node = await runNode({
    id,
    data,
    ...reach,
    members,
    copies,
    minCopies: options.minCopies,
    strategy,
    fsync,
    ...times,
    sendsPerSecond: options.sendRate,
    ...watching,
  });
  const output = new Output(options);
  if (output.isJson) await output.emit({ process: 'node', id, pid: process.pid }, '');
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    node.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop).on('disconnect', stop);
}

function nodeIds(text: string): string[] {
  return text.split(',').map(nodeId);
}
