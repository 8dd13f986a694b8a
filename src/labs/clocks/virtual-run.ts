/** Trials in virtual time, with their logs written. */
import { SeededRandom } from '../../simulation/random.ts';
import type { MachineEvent } from './core/entry.ts';
import { type RunSettings, type Trial, trialOf } from './core/settings.ts';
import { runVirtual } from './core/virtual.ts';
import { MachineLog, openDatabase } from './machine-log.ts';

export const seeded = (seed: string) => new SeededRandom(seed);

export function trialsOf(settings: RunSettings): Trial[] {
  return Array.from({ length: settings.trials }, (_, index) => trialOf(settings, index + 1, seeded));
}

/** All trials, in their order. @yields what the machines logged, in theirs. */
export async function* runVirtualTrials(
  folder: string,
  trials: readonly Trial[],
): AsyncGenerator<{ readonly trial: Trial; readonly logs: MachineEvent[][] }> {
  const ids = trials[0]?.machines.map(({ id }) => id) ?? [];
  const databases = await Promise.all(ids.map((id) => openDatabase(folder, id)));
  try {
    for (const trial of trials) {
      const logs = runVirtual(trial, seeded);
      await Promise.all(
        ids.map(async (id, index) => {
          const log = await MachineLog.open(databases[index]!, folder, trial.trial, id);
          await log.append(logs[index]!);
          await log.close();
        }),
      );
      yield { trial, logs };
    }
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
}
