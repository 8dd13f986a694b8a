/** `verbatim clocks machine`: one machine of a run, started by `clocks run`. */
import type { Command } from 'commander';

interface Options {
  readonly dir: string;
  readonly run: string;
  readonly trial: string;
  readonly id: string;
  readonly servers: string;
}

export function configure(command: Command): void {
  command
    .requiredOption('--dir <dir>', 'the folder of the run')
    .requiredOption('--run <id>', 'its name on the bus')
    .requiredOption('--trial <n>', 'which trial')
    .requiredOption('--id <id>', 'which machine')
    .requiredOption('--servers <urls>', 'where they hear each other')
    .action(run);
}

async function run({ dir, run: name, trial, id, servers }: Options): Promise<void> {
  // Whoever started it ends it, and is not outlived.
  for (const end of ['SIGTERM', 'disconnect'] as const) process.on(end, () => process.exit(0));
  process.on('SIGINT', () => undefined); // of a whole terminal: the conductor says when
  const { runMachine } = await import('../../src/labs/clocks/machine-main.ts');
  await runMachine({ folder: dir, run: name, trial: Number(trial), id, servers: servers.split(',') });
  if (process.channel) await new Promise(() => undefined); // done, and not to be started again
}
