/** `verbatim log`: the events as they are stored, secrets redacted. */
import type { Command } from 'commander';
import type { LoggedEvent } from '../../src/operator/stored.ts';
import { UsageError } from '../failure.ts';
import { nodeId, position, type ServerOptions, withOperator } from '../options.ts';
import { Output } from '../output.ts';
import { renderLogged } from '../render/log.ts';
import { askRunning, withStoredNodes } from '../stored.ts';

interface Options extends ServerOptions {
  readonly node?: string;
  readonly from: number;
  readonly to?: number;
  readonly type?: string;
}

export function configure(command: Command): void {
  withOperator(command)
    .option('--node <id>', 'ask this one of the running nodes (default: the one that is furthest)', nodeId)
    .option('--from <position>', 'first event', position, 1)
    .option('--to <position>', 'last event', position)
    .option('--type <type>', 'only events of this type')
    .addHelpText(
      'after',
      `
With --data on the command line the log is read from that folder, a cluster's or one node's; while its cluster runs,
and without --data, a running node is asked.

Examples:
  $ verbatim log --from 100 --type MessagePosted
  $ verbatim log --data .verbatim/nodes/n1 --to 20`,
    )
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const { node, from, to, type } = options;
  if (to !== undefined && to < from) throw new UsageError(`--to ${to} lies before --from ${from}`);
  const output = new Output(options);
  const print = async (events: AsyncIterable<LoggedEvent>) => {
    for await (const event of events) await output.emit(event, renderLogged(event, output.palette));
  };
  const query = { from, to: to ?? null, types: type === undefined ? null : [type] };
  const isRead = await withStoredNodes(options, command, async (nodes) => {
    if (node !== undefined)
      throw new UsageError(`--node asks a running node, and none is running in ${options.data}`);
    await print(nodes.log(query));
    return true;
  });
  if (isRead) return;
  const { furthestNode, readLog } = await import('../../src/operator/running.ts');
  await askRunning(options, async (operator, { leftMs }, own) => {
    const asked = node ?? own ?? (await furthestNode(operator, leftMs())).node;
    await print(readLog(operator, asked, query, options.timeout));
  });
}
