/** `verbatim clocks export`: a run's events for other tools. */
import { type Command, Option } from 'commander';
import { storedTrial, withTrial } from './stored.ts';
import { writeOut } from './write-out.ts';

const formats = ['csv', 'shiviz', 'svg'] as const;

interface Options {
  readonly trial: number;
  readonly format: (typeof formats)[number];
  readonly out?: string;
}

export function configure(command: Command): void {
  withTrial(command)
    .argument('<dir>', 'the folder of a run')
    .addOption(new Option('--format <format>', 'for whom').choices(formats).makeOptionMandatory())
    .option('--out <file>', 'where to write it (default: standard output)')
    .addHelpText(
      'after',
      `
csv: a line an event, of all trials. svg: a trial's space-time diagram. shiviz: a trial for ShiViz, whose parser takes it
with the regular expression
  (?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})

Example:
  $ verbatim clocks export clocks-run --format shiviz --out shiviz.log`,
    )
    .action(run);
}

async function run(folder: string, { format, trial, out }: Options): Promise<void> {
  await writeOut(format === 'csv' ? await csvOf(folder) : await textOf(folder, trial, format), out);
}

async function csvOf(folder: string): Promise<string> {
  const { readBegun } = await import('../../src/labs/clocks/folder.ts');
  const { csvHead, csvLines } = await import('../../src/labs/clocks/core/exports.ts');
  const lines = [csvHead];
  for (const { trial, logs } of await readBegun(folder)) {
    for (const line of csvLines({ trial: trial.trial, machines: trial.machines, logs })) lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

async function textOf(folder: string, number: number, format: 'shiviz' | 'svg'): Promise<string> {
  const { trial, logs } = await storedTrial(folder, number);
  if (format === 'shiviz') {
    const { shivizText } = await import('../../src/labs/clocks/core/exports.ts');
    return shivizText({ trial: number, machines: trial.machines, logs });
  }
  const { Causality } = await import('../../src/labs/clocks/core/causality.ts');
  const { lanesOf } = await import('../../src/labs/clocks/core/lanes.ts');
  const { diagramSvg } = await import('../../src/labs/clocks/core/diagram-svg.ts');
  const ids = trial.machines.map(({ id }) => id);
  return diagramSvg(
    new Causality(lanesOf(ids, logs)),
    `trial ${number}, rates ${trial.machines.map(({ rate }) => rate).join('/')}`,
  );
}
