/** What can be typed after `verbatim`, out of the very commands that will read it. */
import { Command, type Option } from 'commander';
import type { Group } from '../subcommand.ts';

/** What follows an option or command: nothing, one of some words, a file, a folder, or what only the user knows. */
export type Value = 'none' | 'free' | 'file' | 'folder' | readonly string[];

export interface CompletedOption {
  /** With its dashes. */
  readonly name: string;
  readonly description: string;
  readonly value: Value;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** Words that can follow. */
  readonly words: readonly string[];
}

export async function completedCommands(groups: readonly Group[]): Promise<CompletedCommand[]> {
  const all = groups.flatMap(({ commands }) => commands);
  return await Promise.all(
    all.map(async ({ name, summary, load }) => {
      const command = new Command(name);
      (await load()).configure(command);
      const own = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
      const words = [...own, ...command.commands.map((one) => one.name())];
      return { name, summary, options: [...optionsOf(command), help], words };
    }),
  );
}

/** With those of its own subcommands, such as `pong bot`. */
function optionsOf(command: Command): CompletedOption[] {
  const all = [command, ...command.commands].flatMap(({ options }) => options);
  const byName = new Map(all.filter(({ hidden }) => !hidden).map((option) => [option.long, option]));
  return [...byName.values()].map(completedOption);
}

const help: CompletedOption = { name: '--help', description: 'say how it is used', value: 'none' };

function completedOption({
  long,
  short,
  description,
  flags,
  required,
  optional,
  argChoices,
}: Option): CompletedOption {
  const name = long ?? short ?? flags;
  return { name, description, value: required || optional ? (argChoices ?? placeOf(flags)) : 'none' };
}

/** From the name of the value: `--out <file>`. */
function placeOf(flags: string): Value {
  if (/<(file)>/.test(flags)) return 'file';
  return /<(dir)>/.test(flags) ? 'folder' : 'free';
}
