/** `verbatim up`: nats-server and the replicas as child processes, until it is stopped. */
import type { Command } from 'commander';
import { startCluster } from '../cluster.ts';
import { defaultPort, wholeNumber, withData } from '../options.ts';
import { withReplicaOptions } from './node.ts';

export interface UpOptions {
  readonly nodes: number;
  readonly data: string;
  readonly port: number;
  readonly restart: boolean;
  readonly election: string;
  readonly copies?: number;
  readonly minCopies: number;
  readonly fsync: string;
  readonly sessionGap: number;
  readonly json?: boolean;
}

export function configure(command: Command): void {
  withUpOptions(command)
    .addHelpText('after', '\nExample:\n  $ verbatim up --nodes 3 --data .verbatim --port 4222')
    .action(run);
}

export function withUpOptions(command: Command): Command {
  return withReplicaOptions(withData(command))
    .option('--nodes <n>', 'how many replicas', wholeNumber(1, 9), 3)
    .option('--port <n>', 'where nats-server listens', wholeNumber(1, 65_535), defaultPort)
    .option('--no-restart', 'leave the dead dead')
    .option('--json', 'one JSON object a line on standard output');
}

async function run(options: UpOptions): Promise<void> {
  const cluster = await startCluster(options);
  const stop = () => void cluster.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop).once('SIGINT', stop);
  await cluster.ready();
}
