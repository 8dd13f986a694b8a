/** `verbatim status`: a row per node, and whether the cluster is as it should be. */
import type { Command } from 'commander';
import type { ClusterHealth } from '../../src/operator/health.ts';
import { exitStatus, Reported } from '../failure.ts';
import { type ServerOptions, withOperator } from '../options.ts';
import { Output } from '../output.ts';
import { renderStatus, statusJson } from '../render/status.ts';
import { asOperator } from '../session.ts';

/** Nodes answer at once or not at all. */
const answerMsMax = 1_000;

export function configure(command: Command): void {
  withOperator(command)
    .addHelpText(
      'after',
      `
Exit status: 0 with a leader and equal state hashes, 1 when they differ, 3 without a leader.

Example:
  $ verbatim status --data .verbatim`,
    )
    .action(run);
}

async function run(options: ServerOptions): Promise<void> {
  const output = new Output(options);
  const [{ examine }, { nodesIn }] = await Promise.all([
    import('../../src/operator/health.ts'),
    import('../../src/operator/folders.ts'),
  ]);
  const health = await asOperator(options, async (operator, { leftMs }) =>
    examine(operator, Math.min(answerMsMax, leftMs()), await nodesIn(options.data)),
  );
  await print(health, output);
  if (health.differAt !== undefined) throw new Reported(exitStatus.refused);
  if (health.leader === undefined) throw new Reported(exitStatus.unanswered);
}

async function print(health: ClusterHealth, output: Output): Promise<void> {
  if (output.isJson) for (const node of health.nodes) await output.emit(statusJson(node, health), '');
  else for (const line of renderStatus(health, output.palette)) await output.say(line);
}
