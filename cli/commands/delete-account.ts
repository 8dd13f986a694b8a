/** `verbatim delete-account`: deletes the account for good, after asking. */
import type { Command } from 'commander';
import { Refusal, UsageError } from '../failure.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { Profile } from '../profile.ts';
import { ask } from '../prompt.ts';
import { visible } from '../render/text.ts';
import { notLoggedIn, withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly yes?: boolean;
}

export function configure(command: Command): void {
  withProfile(command)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
What you sent stays in others' sessions, under "deleted user". What you have not been shown goes back to its senders.

Example:
  $ verbatim delete-account`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const profile = new Profile(options.profile);
  const name = profile.read()?.name;
  if (name === undefined) throw notLoggedIn();
  if (!options.yes) await confirm(name);
  await withUser(options, async ({ client, leftMs }) => {
    await client.line.ready(leftMs());
    await client.deleteAccount(leftMs());
  });
  profile.remove();
  await new Output(options).emit({ user: name, deleted: true }, `deleted ${visible(name)}`);
}

async function confirm(name: string): Promise<void> {
  if (!process.stdin.isTTY) throw new UsageError('there is no terminal to ask; say --yes if you are sure');
  const answer = await ask(`Delete ${visible(name)} for good? Type the name to confirm: `);
  if (answer.trim() !== name)
    throw new Refusal('not-confirmed', 'That is not the name; nothing was deleted.');
}
