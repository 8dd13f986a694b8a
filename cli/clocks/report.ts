/** `verbatim clocks report`: what there is to say about any runs. */
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { type OutputOptions, withOutput } from '../options.ts';
import { Output } from '../output.ts';
import { writeReport } from './report-file.ts';

interface Options extends OutputOptions {
  readonly out?: string;
}

export function configure(command: Command): void {
  withOutput(command)
    .argument('<dir>', 'the folder of a run')
    .option('--out <file>', 'where to write it (default: report.html in that folder)')
    .addHelpText('after', '\nExample:\n  $ verbatim clocks report clocks-run')
    .action(run);
}

async function run(folder: string, options: Options): Promise<void> {
  const { readBegun } = await import('../../src/labs/clocks/folder.ts');
  const { runSections } = await import('../../src/labs/clocks/core/run-report.ts');
  const trials = await readBegun(folder);
  const report = options.out ?? join(folder, 'report.html');
  await writeReport(report, `Logical clocks: ${basename(resolve(folder))}`, runSections(trials));
  await new Output(options).emit({ report, trials: trials.length }, report);
}
