/** The `verbatim` command: a table of subcommands, of which only the one asked for is loaded. */
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { groups } from './commands.ts';
import { exitStatus, Refusal, reportFailure, UsageError } from './failure.ts';

const examples = `
Examples:
  $ verbatim up                       # a cluster on this machine
  $ verbatim chat                     # in another terminal: register, log in, talk
  $ verbatim send bob 'hello'         # or one command at a time
  $ verbatim replay --session s-…     # what was said, as it was said

Every command has its own: verbatim send --help`;

async function main(args: readonly string[]): Promise<void> {
  const program = new Command('verbatim')
    .description('A replicated chat that keeps every acknowledged word: once, in order, on every node.')
    .version(packageJson.version)
    .helpCommand(false)
    .addHelpText('after', examples)
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: () => undefined }) // told by `reportFailure`, as every failure
    .exitOverride();
  for (const { title, commands } of groups) {
    program.commandsGroup(title);
    for (const { name, summary, load } of commands) {
      const command = program.command(name).summary(summary).description(summary);
      if (name === args[0]) (await load()).configure(command);
    }
  }
  const isUnknown =
    args[0]?.startsWith('-') === false && !program.commands.some((one) => one.name() === args[0]);
  // With its options it would be taken for a question about `verbatim` itself, wherever --help is among them.
  await program.parseAsync(isUnknown ? args.slice(0, 1) : args, { from: 'user' });
}

const optionsWithValue = new Set(['--servers', '--profile', '--data', '--timeout']);

/** Options that every command has may stand before its name too, and `help send` is `send --help`. */
function commandFirst(args: readonly string[]): readonly string[] {
  let index = 0;
  while (args[index]?.startsWith('-')) index += optionsWithValue.has(args[index]!) ? 2 : 1;
  const command = args[index];
  if (command === undefined) return args;
  const others = [...args.slice(0, index), ...args.slice(index + 1)];
  return command === 'help' ? [...others, '--help'] : [command, ...others];
}

function exitStatusOf(error: unknown, isJson: boolean): number {
  if (!(error instanceof CommanderError)) return reportFailure(error, isJson);
  if (error.exitCode === 0) return exitStatus.done; // help or version was shown
  if (error.code === 'commander.help') return exitStatus.usage;
  const message = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
  return reportFailure(new UsageError(`${message}; --help says more`), isJson);
}

const args = process.argv.slice(2);
/** With `--log json` as well: whoever collects the lines of a node reads nothing else. */
const isJson = args.includes('--json') || /(^| )--log[ =]json( |$)/.test(args.join(' '));

/** A reader that left, as in `verbatim log | head`, is no failure; a full disk is one. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(exitStatus.done);
    process.exit(
      reportFailure(new Refusal('output-unusable', `output cannot be written: ${message}`), isJson),
    );
  });
}

main(commandFirst(args)).catch((error: unknown) => {
  process.exitCode = exitStatusOf(error, isJson);
  // An attempt to connect that is still under way would keep the process for seconds.
  if (process.exitCode === exitStatus.unanswered) process.stdout.write('', () => process.exit());
});
