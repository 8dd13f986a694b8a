/** Trials in virtual time, with their logs written. */
import { SeededRandom } from '../../simulation/random.ts';
import type { MachineEvent } from './core/entry.ts';
import { type RunSettings, type Trial, trialOf } from './core/settings.ts';
import { runVirtual } from './core/virtual.ts';
import { trialFolder } from './folder.ts';
import { MachineLog } from './machine-log.ts';

export const seeded = (seed: string) => new SeededRandom(seed);

export function trialsOf(settings: RunSettings): Trial[] {
  return Array.from({ length: settings.trials }, (_, index) => trialOf(settings, index + 1, seeded));
}

/** @returns what the machines logged, in their order. */
async function runVirtualTrial(folder: string, trial: Trial): Promise<MachineEvent[][]> {
  const place = trialFolder(folder, trial.trial);
  const opening = trial.machines.map(({ id }) => MachineLog.open(place, id));
  const logs = runVirtual(trial, seeded);
  await Promise.all(
    opening.map(async (opened, index) => {
      const log = await opened;
      await log.append(logs[index]!);
      await log.close();
    }),
  );
  return logs;
}

/** Trials that are written while the next ones are computed. */
const aheadMax = 4;

/** All trials, in their order. */
export async function* runVirtualTrials(
  folder: string,
  trials: readonly Trial[],
): AsyncGenerator<{ readonly trial: Trial; readonly logs: MachineEvent[][] }> {
  const ahead: Promise<MachineEvent[][]>[] = [];
  let next = 0;
  for (const trial of trials) {
    while (ahead.length < aheadMax && next < trials.length) {
      const running = runVirtualTrial(folder, trials[next++]!);
      running.catch(() => undefined); // told when its turn comes
      ahead.push(running);
    }
    yield { trial, logs: await ahead.shift()! };
  }
}
