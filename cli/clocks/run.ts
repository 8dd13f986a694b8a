/** `verbatim clocks run`: machines with clocks, as processes over NATS or in virtual time. */
import type { Command } from 'commander';
import type { Plan } from '../../src/labs/clocks/core/config.ts';
import type { TrialFigures } from '../../src/labs/clocks/core/figures.ts';
import type { Trial } from '../../src/labs/clocks/core/settings.ts';
import { withOutput } from '../options.ts';
import { Output } from '../output.ts';
import { renderFigures } from '../render/clocks.ts';
import { untilStopped } from '../stop.ts';
import { type RunOptions, readPlan } from './plan.ts';

const usualFolder = 'clocks-run';

export function configure(command: Command): void {
  withOutput(command)
    .option('--machines <n>', 'how many (default: 3)')
    .option('--rates <list>', 'ticks a second of each, such as 1,3,6')
    .option('--rate-range <a-b>', 'rates are drawn from these whole numbers (default: 1-6)')
    .option('--internal <p>', 'probability that a draw is an internal event (default: 0.7)')
    .option('--seconds <n>', 'how long a trial lasts (default: 60)')
    .option('--trials <n>', 'how many, one after the other (default: 5)')
    .option('--seed <n>', 'of the first trial; each further one has the next (default: 7)')
    .option('--virtual', 'in virtual time: the same machines, at once')
    .option('--stamp <when>', "post, or pre: a message carries the clock before its send's increment")
    .option('--broadcast <how>', 'one, or two: sending to both takes two increments')
    .option('--config <file>', 'read the rest from there; `verbatim clocks config` prints one')
    .option('--servers <urls>', 'a nats-server that asks nobody who they are (default: one of its own)')
    .option('--port <n>', 'of its own nats-server; 0: any that is free (default: 0)')
    .option('--out <dir>', `the folder for the logs (default: ${usualFolder})`)
    .addHelpText(
      'after',
      `
A machine's log is kept in LevelDB, from which it goes on when it was killed, and as lines in trial-1/m1.log and so on. A
run that the folder held before is removed.

Examples:
  $ verbatim clocks run --rates 1,3,6 --seconds 10 --trials 1
  $ verbatim clocks run --virtual --rate-range 2-4 --trials 200 --json`,
    )
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const plan = await readPlan(options);
  const [{ createRun }, { trialsOf }] = await Promise.all([
    import('../../src/labs/clocks/folder.ts'),
    import('../../src/labs/clocks/virtual-run.ts'),
  ]);
  const folder = plan.out ?? usualFolder;
  const trials = trialsOf(plan.settings);
  const output = new Output(options);
  const told = async (figures: TrialFigures) => output.emit(figures, renderFigures(figures));
  if (plan.settings.mode === 'virtual') {
    await createRun(folder, trials);
    await runVirtually(folder, trials, told);
  } else await runReally(folder, plan, trials, output, told);
  output.note(`the logs are in ${folder}`);
}

type Told = (figures: TrialFigures) => Promise<void>;

async function runVirtually(folder: string, trials: readonly Trial[], told: Told): Promise<void> {
  const { runVirtualTrials } = await import('../../src/labs/clocks/virtual-run.ts');
  const { figuresOf } = await import('../../src/labs/clocks/core/figures.ts');
  for await (const { trial, logs } of runVirtualTrials(folder, trials)) await told(figuresOf(trial, logs));
}

async function runReally(
  folder: string,
  { servers, port }: Plan,
  trials: readonly Trial[],
  output: Output,
  told: Told,
): Promise<void> {
  const { RealRun } = await import('../../src/labs/clocks/real-run.ts');
  const { createRun, readTrial, refuseUnfit } = await import('../../src/labs/clocks/folder.ts');
  const { figuresOf } = await import('../../src/labs/clocks/core/figures.ts');
  const program = { command: process.execPath, args: [...process.execArgv, process.argv[1] ?? ''] };
  await refuseUnfit(folder); // before anything starts
  const run = await RealRun.prepare(
    { folder, servers, port, program },
    {
      started: (trial, id, pid) => output.note(`trial ${trial}: ${id} started (pid ${pid})`),
      line: (text) => output.note(text),
      progress: (trial, seconds) =>
        output.note(`trial ${trial} of ${trials.length}: ${seconds} of ${trials[0]?.seconds} s`),
    },
  );
  await untilStopped(
    run,
    async () => {
      await createRun(folder, trials);
      for (const trial of trials) {
        await run.trial(trial);
        await told(figuresOf(trial, (await readTrial(folder, trial)).logs));
      }
      await run.stop();
    },
    (line) => output.note(line),
  );
}
