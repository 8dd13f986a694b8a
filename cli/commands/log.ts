/** `verbatim log`: the events as they are stored, secrets redacted. */
import type { Command } from 'commander';
import { UsageError } from '../failure.ts';
import { withLogged } from '../logged.ts';
import { nodeId, position, type ServerOptions, withOperator } from '../options.ts';
import { Output } from '../output.ts';
import { renderLogged } from '../render/log.ts';

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
  const query = { from, to: to ?? null, types: type === undefined ? null : [type] };
  await withLogged(options, command, query, node, async (events) => {
    for await (const event of events) await output.emit(event, renderLogged(event, output.palette));
  });
}
