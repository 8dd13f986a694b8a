/** The folder of a run: what was run (`run.json`), and a folder a trial with the machines' logs. */
import { access, constants, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { Refused } from '../../client/errors.ts';
import { StoreUnusable } from '../../log/level.ts';
import { LevelLog } from '../../log/level-log.ts';
import { makeFolder } from '../../system/folder.ts';
import { type Entry, entryFrom } from './core/entry.ts';
import type { Trial } from './core/settings.ts';
import { whyNotRead, whyNotWritten } from './disk-words.ts';
import { logFile } from './machine-log.ts';

const runFile = 'run.json';
const format = 1;

const trialSchema = z.strictObject({
  trial: z.int().min(1),
  mode: z.enum(['real', 'virtual']),
  seconds: z.number().positive(),
  seed: z.int().min(0),
  internal: z.number().min(0).max(1),
  stamp: z.enum(['post', 'pre']),
  broadcast: z.enum(['one', 'two']),
  machines: z
    .array(
      z.strictObject({
        id: z.string(),
        rate: z.number().positive(),
        neighbours: z.array(z.string()),
        phase: z.number().min(0).max(1),
      }),
    )
    .min(1),
});
const runSchema = z.strictObject({ format: z.literal(format), trials: z.array(trialSchema).min(1) });

/** A trial with what its machines logged, in their order. */
export interface StoredTrial {
  readonly trial: Trial;
  readonly logs: readonly (readonly Entry[])[];
}

/** @param mark a file that is there when the folder is ours. @returns what it holds. @throws {Refused} when that is something else than a run, or it cannot be written. */
export async function refuseUnfit(folder: string, mark = runFile): Promise<string[]> {
  let found: string[] = [];
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    found = await readdir(folder);
  } catch (cause) {
    throw new Refused('output-unusable', `${folder} cannot be written: ${whyNotWritten(cause)}`);
  }
  if (found.length > 0 && !found.includes(mark))
    throw new Refused('output-unusable', `${folder} holds something else: name another folder`);
  for (const name of found.filter(isDatabase)) {
    if (await isInUse(join(folder, name)))
      throw new Refused('output-unusable', `${folder} holds a run that goes on still: name another folder`);
  }
  return found;
}

const isDatabase = (name: string) => /^[a-z][a-z0-9-]*\.level$/.test(name);

async function isInUse(database: string): Promise<boolean> {
  try {
    await (await LevelLog.open(database)).close();
    return false;
  } catch (error) {
    return error instanceof StoreUnusable && error.isInUse; // a damaged one is removed
  }
}

/** Makes room for a run: one that the folder held before is removed. @throws {Refused} as above. */
export async function createRun(folder: string, trials: readonly Trial[]): Promise<void> {
  const found = await refuseUnfit(folder);
  for (const name of found.filter((one) => /^trial-\d+$/.test(one) || isDatabase(one))) {
    await rm(join(folder, name), { recursive: true });
  }
  for (const { trial } of trials) await mkdir(join(folder, `trial-${trial}`));
  await writeWhole(join(folder, runFile), `${JSON.stringify({ format, trials }, null, 1)}\n`);
}

/** @throws {Refused} when the folder holds no run, or one that cannot be read. */
export async function readTrials(folder: string): Promise<readonly Trial[]> {
  const text = await readFile(join(folder, runFile), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Refused('no-run', `${folder} holds no run of clocks: ${whyNotRead(cause)}`);
  });
  try {
    return runSchema.parse(JSON.parse(text)).trials;
  } catch {
    throw new Refused('no-run', `${join(folder, runFile)} does not describe a run`);
  }
}

/** @throws {Refused} when a log is missing, or a line is none; the place is named. */
export async function readTrial(folder: string, trial: Trial): Promise<StoredTrial> {
  const paths = trial.machines.map(({ id }) => logFile(folder, trial.trial, id));
  return { trial, logs: await Promise.all(paths.map(readLog)) };
}

/** Of all trials that began: where a run was ended early, later ones did not. @throws {Refused} when none did. */
export async function readBegun(folder: string): Promise<StoredTrial[]> {
  const begun: StoredTrial[] = [];
  for (const trial of await readTrials(folder)) {
    const logged = await readdir(join(folder, `trial-${trial.trial}`)).catch((): string[] => []);
    const hasBegun = trial.machines.every(({ id }) => logged.includes(`${id}.log`));
    if (hasBegun) begun.push(await readTrial(folder, trial));
  }
  if (begun.length === 0) throw new Refused('no-run', `no trial in ${folder} began`);
  return begun;
}

async function readLog(path: string): Promise<Entry[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Refused('no-run', `${path} cannot be read: ${whyNotRead(cause)}`);
  });
  const lines = text.split('\n');
  lines.pop(); // behind the last line break: nothing, or what a crash left half
  return lines.map((line, index) => {
    const entry = entryFrom(line);
    if (!entry) throw new Refused('bad-log', `${path}:${index + 1}: this is no line of a machine's log`);
    return entry;
  });
}

/** Readers see the old file or the new one, never half of it. @throws {Refused} when it cannot be written. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  try {
    await makeFolder(dirname(resolve(path)));
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (cause) {
    throw new Refused('output-unusable', `${path} cannot be written: ${whyNotWritten(cause)}`);
  }
}
