/** `verbatim clocks study`: the course's whole study in virtual time, as a report and as tables. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { RunSettings } from '../../src/labs/clocks/core/settings.ts';
import { collect } from '../collect.ts';
import { type OutputOptions, withOutput } from '../options.ts';
import { Output } from '../output.ts';
import { writeReport } from './report-file.ts';

interface Options extends OutputOptions {
  readonly out: string;
  readonly runs: number;
  readonly seed: number;
}

const rulesPerRun = 5;

export function configure(command: Command): void {
  withOutput(command)
    .option('--out <dir>', 'the folder for report, tables and logs', 'clocks-study')
    .option('--runs <n>', 'trials a condition', wholeNumber, 40)
    .option('--seed <n>', 'of the first trial', wholeNumber, 1)
    .addHelpText(
      'after',
      `
The report begins with what was found: whether more or fewer internal events make jumps larger, how far the slowest clocks
fall behind system time, when queues grow. The five runs of one minute stand in five-runs/, with their logs.

Example:
  $ verbatim clocks study --out study`,
    )
    .action(run);
}

async function run({ out, runs, seed, ...rest }: Options): Promise<void> {
  const output = new Output(rest);
  const [{ createRun, refuseUnfit, writeWhole }, { runVirtualTrials, seeded, trialsOf }, study, sections] =
    await Promise.all([
      import('../../src/labs/clocks/folder.ts'),
      import('../../src/labs/clocks/virtual-run.ts'),
      import('../../src/labs/clocks/core/study.ts'),
      import('../../src/labs/clocks/core/study-report.ts'),
    ]);
  const [{ csvOf }, { figuresTable, runSections }, { usual }, { figuresOf }] = await Promise.all([
    import('../../src/labs/clocks/core/report.ts'),
    import('../../src/labs/clocks/core/run-report.ts'),
    import('../../src/labs/clocks/core/settings.ts'),
    import('../../src/labs/clocks/core/figures.ts'),
  ]);
  await refuseUnfit(out, 'study.csv');
  const five: RunSettings = { ...usual, mode: 'virtual', seed };
  const folder = join(out, 'five-runs');
  const trials = trialsOf(five);
  await createRun(folder, trials);
  const logged = await collect(runVirtualTrials(folder, trials));
  const outcomes = [];
  const conditions = study.conditions(runs, seed);
  for (const [index, condition] of conditions.entries()) {
    outcomes.push(study.outcomeOf(condition, seeded));
    if (index % 5 === 4) output.note(`${index + 1} of ${conditions.length} conditions`);
  }
  const predictions = study.rulesTried(runs * rulesPerRun, seed, seeded);
  const found = sections.studySections(outcomes, predictions);
  const fiveSections = runSections(logged).map((one) => ({ ...one, title: `Five runs: ${one.title}` }));
  await writeWhole(join(out, 'study.csv'), csvOf(sections.outcomeTable(outcomes)).replaceAll(', ', ' '));
  await writeWhole(
    join(out, 'five-runs.csv'),
    csvOf(figuresTable(logged.map(({ trial, logs }) => figuresOf(trial, logs)))),
  );
  await writeReport(join(out, 'report.html'), 'A study of logical clocks', [...found, ...fiveSections]);
  const findings = found[0]?.findings ?? [];
  await output.emit(
    { report: join(out, 'report.html'), conditions: conditions.length, runs, findings },
    [
      ...findings.map(({ question, answer }) => `${question}\n  ${answer}`),
      `the report is ${join(out, 'report.html')}`,
    ].join('\n\n'),
  );
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`a whole number from 1 is needed, not ${JSON.stringify(text)}.`);
}
