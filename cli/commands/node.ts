/** `verbatim node`: one replica in the foreground. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { NodeOptions } from '../../src/node.ts';
import { duration, wholeNumber, withData, withServers } from '../options.ts';

interface Options {
  readonly id: string;
  readonly data: string;
  readonly servers: readonly string[];
  readonly members: readonly string[];
  readonly copies?: number;
  readonly election: NodeOptions['strategy'];
  readonly fsync: 'stream' | 'nodes';
  readonly sessionGap: number;
  readonly verbose?: boolean;
}

export function configure(command: Command): void {
  withReplicaOptions(withServers(withData(command)))
    .requiredOption('--id <id>', 'the id of this node, such as n1', nodeId)
    .option('--members <ids>', 'all nodes of a cluster that is founded now', nodeIds, ['n1', 'n2', 'n3'])
    .option('--verbose', 'tell more on standard error')
    .addHelpText('after', '\nExample:\n  $ verbatim node --id n1 --data .verbatim --servers nats://127.0.0.1:4222')
    .action(run);
}

/** Options that `up` passes on to its nodes. */
export function withReplicaOptions(command: Command): Command {
  return command
    .addOption(new Option('--election <how>', 'who tries first to lead').choices(['random', 'lowest-id']).default('random'))
    .option('--copies <n>', 'nodes that must hold a message before it is acknowledged (default: a majority)', wholeNumber(1, 9))
    .option('--min-copies <n>', 'never commit with fewer copies than this', wholeNumber(1, 9), 1)
    .addOption(
      new Option('--fsync <where>', 'what is synced to disk before an acknowledgement').choices(['stream', 'nodes']).default('stream'),
    )
    .option('--session-gap <duration>', 'silence after which a pair begins a new session', duration, 3_600_000);
}

async function run(options: Options): Promise<void> {
  const { runNode } = await import('../../src/node.ts');
  const { lineJournal } = await import('../../src/system/journal.ts');
  const { id, data, servers, members, election: strategy, fsync, sessionGap: sessionGapMs, verbose = false } = options;
  const copies = options.copies ?? Math.floor(members.length / 2) + 1;
  const journal = lineJournal(id, verbose);
  const node = await runNode({ id, data, servers, members, copies, strategy, fsync, sessionGapMs, journal });
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

function nodeId(text: string): string {
  if (/^[a-z][a-z0-9-]{0,15}$/.test(text)) return text;
  throw new InvalidArgumentError('a node id is up to 16 of a-z, 0-9 and -, and starts with a letter.');
}

function nodeIds(text: string): string[] {
  return text.split(',').map(nodeId);
}
