/**
 * Which of its two meanings `--data` has for commands that work on running nodes and on data folders. On the command
 * line it names the folder to read, unless nodes are running in it (in a node's own: that one) or `--servers` says whom to ask; from the environment
 * or by default it only says where the operator's password lies.
 */
import type { Command } from 'commander';
import type { Operator } from '../src/operator/operator.ts';
import type { StoredNodes } from '../src/operator/stored.ts';
import { exitStatus, failureFrom } from './failure.ts';
import type { ServerOptions } from './options.ts';
import { Output } from './output.ts';
import { asOperator, type Deadline } from './session.ts';

/**
 * As their operator. Where no answer comes, what else can be read is said.
 * @param use is told the node whose own folder was named.
 */
export async function askRunning<T>(
  options: ServerOptions & { readonly node?: string },
  use: (operator: Operator, time: Deadline, own: string | undefined) => Promise<T>,
): Promise<T> {
  const { placeIn } = await import('../src/operator/folders.ts');
  const { data, node } = await placeIn(options.data);
  return await asOperator({ ...options, data }, (operator, time) => use(operator, time, node)).catch(
    (error: unknown) => {
      if (failureFrom(error).status === exitStatus.unanswered && (options.node ?? node) === undefined)
        new Output(options).note('the folder of a cluster that is not running is read with --data DIR');
      throw error;
    },
  );
}

/** @returns undefined when the nodes that are running shall be asked instead. */
export async function withStoredNodes<T>(
  { data }: ServerOptions,
  command: Command,
  use: (nodes: StoredNodes) => Promise<T>,
): Promise<T | undefined> {
  const isGiven = (option: string) => command.getOptionValueSource(option) === 'cli';
  if (!isGiven('data') || isGiven('servers')) return undefined;
  const { StoredNodes } = await import('../src/operator/stored.ts');
  const nodes = await StoredNodes.open(data);
  try {
    return nodes && (await use(nodes));
  } finally {
    await nodes?.close();
  }
}
