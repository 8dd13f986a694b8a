/** `verbatim completion`: a script that lets a shell complete commands, options and their values. */
import { Argument, type Command } from 'commander';
import type { Shell } from '../completion/shells.ts';

const names: readonly Shell[] = ['bash', 'zsh', 'fish'];

export function configure(command: Command): void {
  command
    .addArgument(new Argument('<shell>', 'which one reads it').choices(names))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(verbatim completion bash)    # in ~/.bashrc; zsh likewise in ~/.zshrc, after compinit
  $ verbatim completion fish > ~/.config/fish/completions/verbatim.fish`,
    )
    .action(run);
}

/** Every command is loaded for it, and nothing when a key is pressed. */
async function run(shell: Shell): Promise<void> {
  const [{ shells }, { completedCommands }] = await Promise.all([
    import('../completion/shells.ts'),
    import('../completion/tree.ts'),
  ]);
  process.stdout.write(shells[shell](await completedCommands()));
}
