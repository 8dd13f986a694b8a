/** Which trial of a run is meant, and what was logged in it. */
import { type Command, InvalidArgumentError } from 'commander';
import type { StoredTrial } from '../../src/labs/clocks/folder.ts';
import { Refusal } from '../failure.ts';

export function withTrial(command: Command): Command {
  return command.option('--trial <n>', 'which trial', wholeTrial, 1);
}

function wholeTrial(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`a trial is a whole number from 1, not ${JSON.stringify(text)}.`);
}

export async function storedTrial(folder: string, number: number): Promise<StoredTrial> {
  const { readTrial, readTrials } = await import('../../src/labs/clocks/folder.ts');
  const trials = await readTrials(folder);
  const trial = trials.find((one) => one.trial === number);
  if (!trial)
    throw new Refusal('unknown-trial', `${folder} has trials 1 to ${trials.length}, and no ${number}`);
  return await readTrial(folder, trial);
}
