/** `verbatim verify`: hash chain and state of every node that runs, or of a data folder that lies still. */
import type { Command } from 'commander';
import type { NodeVerification, StoredNodes } from '../../src/operator/stored.ts';
import { exitStatus, Reported } from '../failure.ts';
import { type ServerOptions, withOperator } from '../options.ts';
import { Output } from '../output.ts';
import { renderVerification } from '../render/verify.ts';
import { askRunning, withStoredNodes } from '../stored.ts';

export function configure(command: Command): void {
  withOperator(command)
    .addHelpText(
      'after',
      `
With --data on the command line the folder itself is checked, a cluster's or one node's, and every log is folded anew.
While its cluster runs, and without --data, the running nodes check themselves.
LevelDB tidies a folder that it opens: where not a byte may change, as with evidence, have a copy of it checked.

Exit status: 0 when all that was checked is sound, 1 when something is not, 3 when nobody could be asked.

Examples:
  $ verbatim verify                              # the cluster that runs
  $ verbatim verify --data .verbatim             # stopped: the whole folder
  $ verbatim verify --data .verbatim/nodes/n1    # one node's`,
    )
    .action(run);
}

async function run(options: ServerOptions, command: Command): Promise<void> {
  const output = new Output(options);
  const found =
    (await withStoredNodes(options, command, (nodes) => verifyStored(nodes, output))) ??
    (await verifyRunning(options, output));
  for (const one of found) await output.emit(one, renderVerification(one, output.palette));
  if (found.some(({ ok }) => !ok)) throw new Reported(exitStatus.refused);
}

async function verifyStored(nodes: StoredNodes, output: Output): Promise<NodeVerification[]> {
  const found = await nodes.verify();
  for (const node of await nodes.missing())
    output.note(`${node} is a member and has no folder here: it was not checked`);
  return found;
}

async function verifyRunning(options: ServerOptions, output: Output): Promise<NodeVerification[]> {
  const { verifyNode, verifyNodes } = await import('../../src/operator/running.ts');
  return await askRunning(options, async (operator, { leftMs }, own) => {
    if (own !== undefined) return [await verifyNode(operator, own)];
    const { found, silent } = await verifyNodes(operator, leftMs());
    for (const node of silent) output.note(`${node} is unreachable and was not checked`);
    return found;
  });
}
