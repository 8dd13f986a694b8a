/** `verbatim simulate`: whole clusters on simulated disks, wires and clocks, under faults drawn from a seed. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Safeguard, safeguardNames } from '../../src/simulation/safeguards.ts';
import { shrink } from '../../src/simulation/shrink.ts';
import { type SimulationResult, simulate } from '../../src/simulation/simulate.ts';
import { exitStatus, Reported, UsageError } from '../failure.ts';
import { type OutputOptions, withOutput } from '../options.ts';
import { Output } from '../output.ts';
import {
  failedRow,
  type Pace,
  paceRow,
  renderFailed,
  renderPace,
  renderTable,
  runRow,
} from '../render/simulation.ts';

interface Seeds {
  readonly first: number;
  readonly last: number;
}

interface Options extends OutputOptions {
  readonly seed?: number;
  readonly seeds?: Seeds;
  readonly minutes?: number;
  readonly without?: Safeguard;
  readonly safeguards?: boolean;
}

const usualSeeds: Seeds = { first: 1, last: 100 };
const safeguardSeeds: Seeds = { first: 1, last: 2_000 };
const shrinkMs = 60_000;
const progressMs = 2_000;

export function configure(command: Command): void {
  withOutput(command)
    .option('--seed <n>', 'one run', seed)
    .option('--seeds <a-b>', 'several runs, one after the other (default: 1-100)', seeds)
    .option('--minutes <m>', 'go on from the first seed for so long', minutes)
    .addOption(
      new Option('--without <safeguard>', 'switch one off, to see the checks notice').choices(safeguardNames),
    )
    .option('--safeguards', 'switch each safeguard off in turn: a table of how soon it is noticed')
    .addHelpText(
      'after',
      `
Everything that decides, replicates, answers and asks is the real code; only what it stands on is simulated. The same
seed gives the same run, byte for byte: its digest says so. Of a run that breaks a promise the shortest trace is
looked for, for up to a minute.

Exit status: 0 when every promise was kept, 1 when one was broken.

Examples:
  $ verbatim simulate --seed 7
  $ verbatim simulate --seeds 1-5000
  $ verbatim simulate --minutes 30 --json
  $ verbatim simulate --seeds 1-2000 --without dedupe
  $ verbatim simulate --safeguards`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const output = new Output(options);
  if (options.safeguards) return await tabulate(options.seeds ?? safeguardSeeds, output);
  const { first, last } = rangeOf(options);
  const { without } = options;
  const stopwatch = new Stopwatch();
  const endMs = options.minutes === undefined ? Number.POSITIVE_INFINITY : options.minutes * 60_000;
  for (let seed = first; seed <= last && stopwatch.realMs < endMs; seed++) {
    const result = await simulate({ seed, without });
    if (result.broken) return await fail(result, without, output);
    stopwatch.count(result);
    if (output.isJson || first === last)
      await output.emit(runRow(result), `seed ${seed}: kept, digest ${result.digest}`);
    if (stopwatch.isDue()) output.note(renderPace(stopwatch.pace));
  }
  await output.emit(paceRow(stopwatch.pace), `${renderPace(stopwatch.pace)}: every promise was kept`);
}

function rangeOf({ seed, seeds, minutes }: Options): Seeds {
  if (seed !== undefined && seeds) throw new UsageError('either --seed or --seeds');
  const first = seed ?? seeds?.first ?? usualSeeds.first;
  if (minutes !== undefined) return { first, last: seeds?.last ?? Number.POSITIVE_INFINITY };
  return seed === undefined ? (seeds ?? usualSeeds) : { first, last: first };
}

async function fail(
  broken: SimulationResult,
  without: Safeguard | undefined,
  output: Output,
): Promise<never> {
  const { seed } = broken;
  output.note(`seed ${seed} broke ${broken.broken?.promise}; looking for a shorter run that does`);
  const endMs = performance.now() + shrinkMs;
  const shrunk = await shrink({ seed, without }, broken, () => performance.now() > endMs);
  await output.emit(failedRow(broken, shrunk), renderFailed(broken, shrunk, without));
  throw new Reported(exitStatus.refused);
}

async function tabulate({ first, last }: Seeds, output: Output): Promise<void> {
  await output.say(renderTable.head);
  let isComplete = true;
  for (const safeguard of safeguardNames) {
    let caught: SimulationResult | undefined;
    let seed = first;
    for (; seed <= last && !caught; seed++) {
      const result = await simulate({ seed, without: safeguard });
      if (result.broken) caught = result;
    }
    isComplete &&= caught !== undefined;
    const tried = seed - first;
    const { promise = null, what = null } = caught?.broken ?? {};
    await output.emit({ safeguard, seeds: tried, promise, what }, renderTable.row(safeguard, tried, caught));
  }
  if (!isComplete) throw new Reported(exitStatus.refused);
}

/** How fast virtual time passes. */
class Stopwatch {
  readonly #startMs = performance.now();
  #saidMs = this.#startMs;
  #seeds = 0;
  #virtualMs = 0;

  get realMs(): number {
    return performance.now() - this.#startMs;
  }

  get pace(): Pace {
    return { seeds: this.#seeds, virtualMs: this.#virtualMs, realMs: this.realMs };
  }

  count({ virtualMs }: SimulationResult): void {
    this.#seeds += 1;
    this.#virtualMs += virtualMs;
  }

  /** Whether something should be said again. */
  isDue(): boolean {
    if (performance.now() - this.#saidMs < progressMs) return false;
    this.#saidMs = performance.now();
    return true;
  }
}

function seed(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`a seed is a whole number, not ${JSON.stringify(text)}.`);
}

function seeds(text: string): Seeds {
  const [, first = '', last = ''] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (first !== '' && Number(first) <= Number(last)) return { first: Number(first), last: Number(last) };
  throw new InvalidArgumentError(`seeds look like 1-100, not ${JSON.stringify(text)}.`);
}

function minutes(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError(`minutes are a number above 0, not ${JSON.stringify(text)}.`);
}
