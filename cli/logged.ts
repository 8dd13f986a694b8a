/** The log as an operator reads it: of running nodes, or out of the data folder of a cluster that is not running. */
import type { Command } from 'commander';
import type { LoggedEvent, LogQuery } from '../src/operator/stored.ts';
import { UsageError } from './failure.ts';
import type { ServerOptions } from './options.ts';
import { askRunning, withStoredNodes } from './stored.ts';

/** @param node which of the running nodes to ask; undefined: the one that is furthest. */
export async function withLogged(
  options: ServerOptions,
  command: Command,
  query: LogQuery,
  node: string | undefined,
  use: (events: AsyncIterable<LoggedEvent>) => Promise<void>,
): Promise<void> {
  const isRead = await withStoredNodes(options, command, async (nodes) => {
    if (node !== undefined)
      throw new UsageError(`--node asks a running node, and none is running in ${options.data}`);
    await use(nodes.log(query));
    return true;
  });
  if (isRead) return;
  const { furthestNode, readLog } = await import('../src/operator/running.ts');
  await askRunning(options, async (operator, { leftMs }, own) => {
    const asked = node ?? own ?? (await furthestNode(operator, leftMs())).node;
    await use(readLog(operator, asked, query, options.timeout));
  });
}
