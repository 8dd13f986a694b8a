/** `verbatim logout`: ends the log-in, here and at the nodes. */
import type { Command } from 'commander';
import { exitStatus, failureFrom } from '../failure.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { Profile } from '../profile.ts';
import { visible } from '../render/text.ts';
import { notLoggedIn, withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly local?: boolean;
}

export function configure(command: Command): void {
  withProfile(command)
    .option('--local', 'only forget the log-in here, whether or not anybody answers')
    .addHelpText('after', '\nExample:\n  $ verbatim logout')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const profile = new Profile(options.profile);
  const name = profile.read()?.name;
  if (name === undefined) throw notLoggedIn();
  const output = new Output(options);
  if (!options.local) await end(options, output);
  profile.remove();
  await output.emit({ user: name }, `logged out ${visible(name)}`);
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
