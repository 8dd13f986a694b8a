/** `verbatim logout`: ends the log-in, here and at the nodes; with `--everywhere` all log-ins of the account. */
import type { Command } from 'commander';
import { exitStatus, failureFrom, UsageError } from '../failure.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { Profile } from '../profile.ts';
import { visible } from '../render/text.ts';
import { notLoggedIn, withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly local?: boolean;
  readonly everywhere?: boolean;
}

export function configure(command: Command): void {
  withProfile(command)
    .option('--everywhere', 'end every log-in of this account, on all machines')
    .option('--local', 'only forget the log-in here, whether or not anybody answers')
    .addHelpText('after', '\nExamples:\n  $ verbatim logout\n  $ verbatim logout --everywhere')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { local = false, everywhere = false } = options;
  if (local && everywhere) throw new UsageError('--local asks nobody, and --everywhere has to');
  const profile = new Profile(options.profile);
  const name = profile.read()?.name;
  if (name === undefined) throw notLoggedIn();
  const output = new Output(options);
  if (everywhere) await endAll(options);
  else if (!local) await end(options, output);
  profile.remove();
  await output.emit({ user: name }, `logged out ${visible(name)}${everywhere ? ' everywhere' : ''}`);
}

async function end(options: UserOptions, output: Output): Promise<void> {
  try {
    await withUser(options, async ({ client, leftMs }) => {
      await client.line.ready(leftMs());
      await client.logOut(leftMs());
    });
  } catch (error) {
    // Refused: that log-in counts no longer, which is what was wanted. Without an answer it may count still.
    if (failureFrom(error).status === exitStatus.refused) return;
    output.note('--local forgets the log-in here all the same');
    throw error;
  }
}

/** Whoever is not logged in any more cannot say what becomes of other log-ins: that is told as it is. */
async function endAll(options: UserOptions): Promise<void> {
  await withUser(options, async ({ client, leftMs }) => {
    await client.line.ready(leftMs());
    await client.logOutEverywhere(leftMs());
  });
}
