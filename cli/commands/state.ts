/** `verbatim state`: time travel, the state of an actor at a position of the log. */
import { type Command, Option } from 'commander';
import { UsageError } from '../failure.ts';
import { position, type ServerOptions, withOperator } from '../options.ts';
import { Output } from '../output.ts';
import { renderState, stateJson } from '../render/state.ts';
import { asOperator } from '../session.ts';

interface Options extends ServerOptions {
  readonly session?: string;
  readonly user?: string;
  readonly at?: number;
}

export function configure(command: Command): void {
  withOperator(command)
    .option('--session <id>', 'of a session')
    .addOption(new Option('--user <name>', 'of a user').conflicts('session'))
    .option('--at <position>', 'as it was when the log ended there (default: now)', position)
    .addHelpText('after', '\nExample:\n  $ verbatim state --user alice --at 120')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { session, user, at, timeout } = options;
  if (session === undefined && user === undefined) throw new UsageError('say --session ID or --user NAME');
  const output = new Output(options);
  const { furthestNode, stateAt } = await import('../../src/operator/running.ts');
  const query = { session: session ?? null, user: user ?? null, at: at ?? null };
  const state = await asOperator(options, async (operator, { leftMs }) =>
    stateAt(operator, await furthestNode(operator, leftMs()), query, timeout),
  );
  await output.emit(stateJson(state), renderState(state));
}
