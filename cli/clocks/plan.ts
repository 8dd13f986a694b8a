/** What a run shall be: from the command line and the file that it names, each wrong value refused with its place. */
import { readFile } from 'node:fs/promises';
import type { Choices, Name, Plan } from '../../src/labs/clocks/core/config.ts';
import { Refusal, UsageError } from '../failure.ts';
import type { OutputOptions } from '../options.ts';

export type Texts = Partial<Record<Name, string>>;

export interface RunOptions extends OutputOptions {
  readonly machines?: string;
  readonly rates?: string;
  readonly rateRange?: string;
  readonly internal?: string;
  readonly seconds?: string;
  readonly trials?: string;
  readonly seed?: string;
  readonly virtual?: boolean;
  readonly stamp?: string;
  readonly broadcast?: string;
  readonly config?: string;
  readonly out?: string;
  readonly servers?: string;
  readonly port?: string;
}

/** @throws {UsageError | Refusal} */
export async function readPlan({ config, virtual, rateRange, json: _, ...rest }: RunOptions): Promise<Plan> {
  const { configFrom } = await import('../../src/labs/clocks/core/config-file.ts');
  const { chosenFrom, planOf } = await import('../../src/labs/clocks/core/config.ts');
  const texts: Texts = {
    ...rest,
    ...(rateRange === undefined ? {} : { 'rate-range': rateRange }),
    ...(virtual ? { mode: 'virtual' } : {}),
  };
  const given: Choices = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, { text, place: `--${name}` }]),
  );
  try {
    if (config === undefined) return planOf(given);
    const { choices, machines } = chosenFrom(given, configFrom(await textOf(config), config));
    return planOf(choices, machines);
  } catch (error) {
    throw told(error);
  }
}

/** A wrong option is a matter of usage; a wrong line is not. */
function told(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'BadConfiguration') return error;
  return error.message.startsWith('--')
    ? new UsageError(error.message)
    : new Refusal('bad-config', error.message);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { whyNotRead } = await import('../../src/labs/clocks/disk-words.ts');
    throw new Refusal('bad-config', `${path} cannot be read: ${whyNotRead(cause)}`);
  }
}
