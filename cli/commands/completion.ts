/** `verbatim completion`: a script that lets a shell complete commands, options and their values. */
import { Argument, type Command } from 'commander';
import type { Shell } from '../completion/shells.ts';
import type { Group } from '../subcommand.ts';

const names: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** @param groups the table that this command is in itself. */
export function configureFor(groups: () => readonly Group[]): (command: Command) => void {
  return (command) =>
    void command
      .addArgument(new Argument('<shell>', 'which one reads it').choices(names))
      .addHelpText(
        'after',
        `
Examples:
  $ source <(verbatim completion bash)    # in ~/.bashrc; zsh likewise in ~/.zshrc, after compinit
  $ verbatim completion fish > ~/.config/fish/completions/verbatim.fish`,
      )
      .action((shell: Shell) => run(shell, groups()));
}

/** Every command is loaded for it, and nothing when a key is pressed. */
async function run(shell: Shell, groups: readonly Group[]): Promise<void> {
  const [{ shells }, { completedCommands }] = await Promise.all([
    import('../completion/shells.ts'),
    import('../completion/tree.ts'),
  ]);
  process.stdout.write(shells[shell](await completedCommands(groups)));
}
