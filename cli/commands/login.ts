/** `verbatim login`: logs in and keeps the token in a profile. */
import type { Command } from 'commander';
import { type UserOptions, withPasswordStdin, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { Profile } from '../profile.ts';
import { type PasswordOptions, readPasswords } from '../prompt.ts';
import { visible } from '../render/text.ts';
import { keepLogIn, withGuest } from '../session.ts';

export function configure(command: Command): void {
  withPasswordStdin(withProfile(command))
    .argument('<name>', 'of the account')
    .addHelpText(
      'after',
      '\nExamples:\n  $ verbatim login alice\n  $ verbatim login bob --profile bob   # two users on one machine',
    )
    .action(run);
}

async function run(name: string, options: UserOptions & PasswordOptions): Promise<void> {
  const output = new Output(options);
  const profile = new Profile(options.profile);
  const [password = ''] = await readPasswords(['Password: '], options);
  const identity = await withGuest(options, (guest, time) => guest.logIn(name, password, time.leftMs()));
  const { name: user } = await keepLogIn(options, profile, identity);
  await output.emit({ user }, `logged in as ${visible(user)}`);
}
