/** `verbatim clocks diagram`: a space-time diagram as a page, of a run of clocks or of Verbatim itself. */
import { type Command, Option } from 'commander';
import type { Lane } from '../../src/labs/clocks/core/causality.ts';
import { UsageError } from '../failure.ts';
import { type ServerOptions, withOperator } from '../options.ts';
import { pageParts, selfContained } from '../page.ts';
import { storedTrial, withTrial } from './stored.ts';
import { writeOut } from './write-out.ts';

interface Options extends ServerOptions {
  readonly trial: number;
  readonly out?: string;
  readonly session?: string;
  readonly elections?: boolean;
}

interface Diagram {
  readonly title: string;
  readonly note: string;
  readonly lanes: readonly Lane[];
}

export function configure(command: Command): void {
  withOperator(withTrial(command))
    .argument('[dir]', 'the folder of a run')
    .option('--session <id>', 'a chat session of Verbatim itself, from its Lamport stamps')
    .addOption(new Option('--elections', 'who led, and whom each leader took over from').conflicts('session'))
    .option('--out <file>', 'where to write it (default: standard output)')
    .addHelpText(
      'after',
      `
The page needs nothing else: it zooms by the wheel and + and -, moves by dragging, and shows the causal past of the event
that is pointed at. Sessions and elections are asked of a running cluster, or read from the data folder of one that is not.

Examples:
  $ verbatim clocks diagram clocks-run --out diagram.html
  $ verbatim clocks diagram --session s-0123456789abcdef --out session.html
  $ verbatim clocks diagram --elections --data .verbatim --out elections.html`,
    )
    .action(run);
}

async function run(folder: string | undefined, options: Options, command: Command): Promise<void> {
  const isOfVerbatim = options.session !== undefined || options.elections === true;
  if (folder === undefined && !isOfVerbatim)
    throw new UsageError('one of these is needed: the folder of a run, --session or --elections');
  if (folder !== undefined && isOfVerbatim)
    throw new UsageError(
      `a diagram is of one thing: of the run in ${folder}, or of ${options.session === undefined ? '--elections' : '--session'}`,
    );
  const diagram = isOfVerbatim ? await ofVerbatim(options, command) : await ofRun(folder!, options.trial);
  const withoutScript = 'This page draws a diagram, and needs JavaScript for that. It loads nothing.';
  const page = selfContained({
    title: diagram.title,
    data: diagram,
    ...(await pageParts('clocks')),
    withoutScript,
  });
  await writeOut(page, options.out);
}

async function ofRun(folder: string, number: number): Promise<Diagram> {
  const { trial, logs } = await storedTrial(folder, number);
  const { lanesOf } = await import('../../src/labs/clocks/core/lanes.ts');
  const { mode, seed, seconds, machines } = trial;
  const rates = machines.map(({ rate }) => rate).join('/');
  return {
    title: `Logical clocks, trial ${number}`,
    note: `${mode}, seed ${seed}, ${seconds} s, ${rates} ticks a second`,
    lanes: lanesOf(
      machines.map(({ id }) => id),
      logs,
    ),
  };
}

async function ofVerbatim(options: Options, command: Command): Promise<Diagram> {
  const { electionDiagram, sessionDiagram } = await import('./verbatim-events.ts');
  return options.session === undefined
    ? await electionDiagram(options, command)
    : await sessionDiagram(options, command, options.session);
}
