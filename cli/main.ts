/** The `verbatim` command: a table of subcommands, of which only the one asked for is loaded. */
import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { reportFailure } from './failure.ts';

async function main(args: readonly string[]): Promise<void> {
  const program = new Command('verbatim')
    .description('A replicated chat that keeps every acknowledged word: once, in order, on every node.')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .helpCommand(false)
    .addHelpText('after', '\nExample:\n  $ verbatim up                       # start a cluster here\n  $ verbatim register alice           # in another terminal\n  $ verbatim chat --with bob\n')
    .exitOverride();
  const asked = args.find((arg) => !arg.startsWith('-'));
  for (const { name, summary, load } of commands) {
    const command = program.command(name).summary(summary).description(summary).showHelpAfterError(false).exitOverride();
    if (name === asked) (await load()).configure(command);
  }
  await program.parseAsync(args, { from: 'user' });
}

/** A reader that left, as in `verbatim log | head`, is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = reportFailure(error, process.argv.includes('--json'));
});
