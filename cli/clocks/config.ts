/** `verbatim clocks config`: a configuration file with comments, to begin with. */
import type { Command } from 'commander';

export function configure(command: Command): void {
  command.addHelpText('after', '\nExample:\n  $ verbatim clocks config > clocks.conf').action(async () => {
    const { exampleFile } = await import('../../src/labs/clocks/core/config-file.ts');
    process.stdout.write(exampleFile);
  });
}
