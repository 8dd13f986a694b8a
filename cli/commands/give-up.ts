/** `verbatim give-up`: the operator's word that nodes are lost for good, so that a lost stream can be begun anew. */
import type { Command } from 'commander';
import { Refusal, UsageError } from '../failure.ts';
import { nodeId, type ServerOptions, withOperator } from '../options.ts';
import { Output } from '../output.ts';
import { ask } from '../prompt.ts';
import { asOperator } from '../session.ts';

interface Options extends ServerOptions {
  readonly yes?: boolean;
}

/** Nodes answer at once or not at all. */
const answerMsMax = 1_000;

export function configure(command: Command): void {
  withOperator(command)
    .argument(
      '<node...>',
      'ids of nodes that are lost, or that may have lost what they acknowledged',
      nodeIds,
    )
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
When the broker has lost its stream, a new one is begun from the nodes' copies, and every node has to say first what it
holds: one that is missing may hold messages that were acknowledged and that nobody else has. A node that lost power
counts as missing, too, because it cannot know whether its last writes survived. If such a node does not come back, this
is how the others go on without it. What only it held is lost then. The word holds until the nodes that hear it end.

Example:
  $ verbatim give-up n3`,
    )
    .action(run);
}

async function run(lost: readonly string[], options: Options): Promise<void> {
  const output = new Output(options);
  if (!options.yes) await confirm(lost);
  const heardBy = await asOperator(options, async (operator, { leftMs }) => {
    const replies = await operator.askAll('give-up', { nodes: lost }, Math.min(answerMsMax, leftMs()));
    return replies.filter(({ refused }) => !refused).map(({ node }) => node);
  });
  if (heardBy.length === 0) throw new Refusal('not-heard', 'No node heard it; nothing was changed.');
  await output.emit({ given_up: lost, heard_by: heardBy.sort() }, `${heardBy.join(', ')} heard it`);
}

async function confirm(lost: readonly string[]): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('there is no terminal to ask; say --yes if you are sure');
  const answer = await ask(`What only ${lost.join(', ')} hold is lost then. Type yes to go on: `);
  if (answer.trim() !== 'yes') throw new Refusal('not-confirmed', 'Nothing was changed.');
}

function nodeIds(id: string, before: readonly string[] = []): string[] {
  return [...before, nodeId(id)];
}
