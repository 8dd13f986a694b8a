/** `verbatim compare`: the three doors beside one another, measured in one run. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { Figures } from '../compare/figures.ts';
import type { Effort } from '../compare/measure.ts';
import { type OutputOptions, wholeNumber, withAnyProfile, withOutput } from '../options.ts';
import { Output } from '../output.ts';

interface Options extends OutputOptions {
  readonly out?: string;
  readonly quick?: boolean;
  readonly connections?: number;
}

export function configure(command: Command): void {
  withAnyProfile(withOutput(command))
    .option('--out <file>', 'write a report with plots there, as a page')
    .option('--connections <n>', 'how many to hold at each door (default: 1,000)', wholeNumber(1, 10_000))
    .option('--quick', 'a little of everything, to see that it works')
    .addHelpText(
      'after',
      `
NATS, the wire protocol and gRPC take turns on a cluster that is started for it and goes away: latency, rate, bytes on the
socket, setting up and holding connections, and how much there is to each. It takes two to three minutes; the figures say
something where the machine is idle otherwise.

Examples:
  $ verbatim compare --out comparison.html
  $ verbatim compare --json`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const output = new Output(options);
  const { quick, thorough } = await import('../compare/measure.ts');
  const usual = options.quick ? quick : thorough;
  const effort = { ...usual, connections: options.connections ?? usual.connections };
  const figures = await measure(effort, output);
  const { figureLines } = await import('../compare/lines.ts');
  const { findingsOf } = await import('../compare/findings.ts');
  const { cautionOf, goalsOf, verdictOn } = await import('../compare/goals.ts');
  for (const [object, text] of figureLines(figures)) await output.emit(object, text);
  for (const { question, answer } of findingsOf(figures))
    await output.emit({ finding: question, answer }, `\n${question}\n${answer}`);
  await output.say('');
  const caution = cautionOf(figures);
  if (caution !== undefined) await output.emit({ caution }, caution);
  for (const one of goalsOf(figures)) {
    const { goal, wanted, measured = null, isMet = null } = one;
    await output.emit(
      { goal, wanted, measured, met: isMet },
      `${verdictOn(one)}: ${goal}: ${measured === null ? '' : `${measured}, `}wanted ${wanted}`,
    );
  }
  if (options.out !== undefined) await write(options.out, figures, effort, output);
}

async function measure(effort: Effort, output: Output): Promise<Figures> {
  const { openStage } = await import('../compare/stage.ts');
  const { peopleFor, measureBytes, measureHolding, measureSends, measureSetUp } = await import(
    '../compare/measure.ts'
  );
  const { measureExtent } = await import('../compare/extent.ts');
  output.note('starting a cluster and its gateways');
  const stage = await openStage(effort.connections);
  const interrupt = () => void stage.stop().then(() => process.exit(1));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const { doors } = stage;
    const people = await stage.people(peopleFor(effort));
    const [sender, addressee] = people;
    const cast = { sender: sender!, to: addressee!.name };
    output.note(`holding ${effort.connections} connections at each door`);
    const holdings = await measureHolding(doors, people, effort);
    output.note('sending, one by one and many at a time');
    const sends = await measureSends(doors, cast, effort);
    output.note('counting bytes');
    const bytes = await measureBytes(doors, cast, effort);
    output.note('setting up connections');
    const setUps = await measureSetUp(doors, cast, effort);
    const extents = await Promise.all(doors.map(({ name }) => measureExtent(name)));
    return { ...sends, bytes, setUps, holdings, extents: extents.filter((one) => one !== undefined) };
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await stage.stop();
  }
}

async function write(path: string, figures: Figures, effort: Effort, output: Output): Promise<void> {
  const { reportSections } = await import('../compare/report.ts');
  const { writeReport } = await import('../clocks/report-file.ts');
  const how = `Measured with ${effort.rounds} rounds of ${effort.sends} sends one by one and ${effort.sendsTogether.toLocaleString('en')} with 64 under way, ${effort.connections.toLocaleString('en')} connections held, all processes on one machine of ${availableParallelism()} cores, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`;
  await writeReport(path, 'Three doors to one cluster', reportSections(figures, how));
  await output.emit({ report: path }, `\nthe report is in ${path}`);
}
