/** What the table of commands is made of. */
import type { Command } from 'commander';

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ configure(command: Command): void }>;
}

export interface Group {
  readonly title: string;
  readonly commands: readonly Subcommand[];
}
