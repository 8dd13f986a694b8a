/** How much faster than time virtual machines tick, with their logs written, and how soon questions and diagrams are there. */
import { join } from 'node:path';
import { collect } from '../cli/collect.ts';
import { pageParts, selfContained } from '../cli/page.ts';
import { Causality } from '../src/labs/clocks/core/causality.ts';
import { lanesOf } from '../src/labs/clocks/core/lanes.ts';
import { machinesOf, type RunSettings, usual } from '../src/labs/clocks/core/settings.ts';
import { createRun, readTrial } from '../src/labs/clocks/folder.ts';
import { runVirtualTrials, trialsOf } from '../src/labs/clocks/virtual-run.ts';
import { removeFolder, temporaryFolder } from './cluster.ts';
import { quantile, type Row, round } from './measure.ts';

const questions = 200;

export async function benchClocks(): Promise<Row[]> {
  const folder = await temporaryFolder();
  try {
    const three = { ...usual, mode: 'virtual' as const, machines: machinesOf([1, 3, 6]) };
    await timed(join(folder, 'warm'), { ...three, trials: 20 }); // compiled
    return [
      await timed(join(folder, 'minutes'), { ...three, trials: 50 }),
      await timed(join(folder, 'hour'), { ...three, trials: 1, seconds: 3_600 }),
      await asked(join(folder, 'many')),
    ];
  } finally {
    await removeFolder(folder);
  }
}

async function timed(folder: string, settings: RunSettings): Promise<Row> {
  const trials = trialsOf(settings);
  await createRun(folder, trials);
  const begunMs = performance.now();
  let events = 0;
  for await (const { logs } of runVirtualTrials(folder, trials)) events += logs.flat().length;
  const ms = performance.now() - begunMs;
  const seconds = settings.seconds * settings.trials;
  return {
    what: `${settings.trials} trials of ${settings.seconds} s, three machines, logs written`,
    events,
    ms: round(ms),
    times_real: Math.round((1_000 * seconds) / ms),
  };
}

async function asked(folder: string): Promise<Row> {
  const settings = {
    ...usual,
    mode: 'virtual' as const,
    trials: 1,
    seconds: 170,
    machines: machinesOf(new Array(10).fill(6)),
  };
  const trials = trialsOf(settings);
  await createRun(folder, trials);
  await collect(runVirtualTrials(folder, trials));
  const begunMs = performance.now();
  const { trial, logs } = await readTrial(folder, trials[0]!);
  const lanes = lanesOf(
    trial.machines.map(({ id }) => id),
    logs,
  );
  selfContained({ title: '', data: { lanes }, ...(await pageParts('clocks')), withoutScript: '' });
  const diagramMs = performance.now() - begunMs;
  const causality = new Causality(lanes);
  const tookMs = Array.from({ length: questions }, (_, index) => {
    const startMs = performance.now();
    causality.orderOf(index * 7, causality.size - 1 - index * 11);
    return performance.now() - startMs;
  }).sort((a, b) => a - b);
  return {
    what: 'a diagram read and written, and questions',
    events: causality.size,
    ms: round(diagramMs),
    question_ms_p50: round(quantile(tookMs, 0.5)),
    question_ms_max: round(tookMs.at(-1)!),
  };
}
