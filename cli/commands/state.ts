/** `verbatim state`: time travel, the state of an actor at a position of the log. */
import { type Command, Option } from 'commander';
import type { PastState, StateQuery } from '../../src/operator/running.ts';
import { UsageError } from '../failure.ts';
import { position, type ServerOptions, withOperator } from '../options.ts';
import { Output } from '../output.ts';
import { renderState, stateJson } from '../render/state.ts';
import { askRunning, withStoredNodes } from '../stored.ts';

interface Options extends ServerOptions {
  readonly session?: string;
  readonly user?: string;
  readonly at?: number;
}

export function configure(command: Command): void {
  withOperator(command)
    .option('--session <id>', 'of a session, or of a match')
    .addOption(new Option('--user <name>', 'of a user').conflicts('session'))
    .option('--at <position>', 'as it was when the log ended there (default: now)', position)
    .addHelpText(
      'after',
      `
With --data on the command line the state is that of the log in that folder, a cluster's or one node's; while its
cluster runs, and without --data, a running node is asked.

Examples:
  $ verbatim state --user alice --at 120
  $ verbatim state --data .verbatim/nodes/n1 --session s-0123456789abcdef`,
    )
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const { session, user, at } = options;
  if (session === undefined && user === undefined) throw new UsageError('say --session ID or --user NAME');
  const output = new Output(options);
  const query = { session: session ?? null, user: user ?? null, at: at ?? null };
  const { state, end } =
    (await withStoredNodes(options, command, async (nodes) => ({
      state: await nodes.state(query),
      end: await nodes.position(),
    }))) ?? (await stateOfRunning(options, query));
  await output.emit(stateJson(state), renderState(state));
  if (at !== undefined && at > end) output.note(`the log ends at position ${end}: that is how it is now`);
}

interface Found {
  readonly state: PastState;
  /** Where the log ends. */
  readonly end: number;
}

async function stateOfRunning(options: Options, query: StateQuery): Promise<Found> {
  const { furthestNode, stateAt } = await import('../../src/operator/running.ts');
  return await askRunning(options, async (operator, { leftMs }, own) => {
    const { node, position } = await furthestNode(operator, leftMs());
    return { state: await stateAt(operator, own ?? node, query, options.timeout), end: position };
  });
}
