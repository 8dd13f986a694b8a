/** `verbatim passwd`: changes the password; other log-ins of the account end. */
import type { Command } from 'commander';
import { type UserOptions, withPasswordStdin, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { Profile } from '../profile.ts';
import { type PasswordOptions, readNewPassword, readPasswords } from '../prompt.ts';
import { notLoggedIn, withUser } from '../session.ts';

export function configure(command: Command): void {
  withPasswordStdin(withProfile(command), 'the old and the new password, a line each,')
    .addHelpText('after', '\nExample:\n  $ verbatim passwd')
    .action(run);
}

async function run(options: UserOptions & PasswordOptions): Promise<void> {
  const name = new Profile(options.profile).read()?.name;
  if (name === undefined) throw notLoggedIn();
  const [password, newPassword] = await readBoth(options);
  await withUser(options, async ({ client, leftMs }) => {
    await client.line.ready(leftMs());
    await client.changePassword(password, newPassword, leftMs());
  });
  await new Output(options).emit(
    { user: name },
    'password changed; you stay logged in here, and nowhere else',
  );
}

async function readBoth(options: PasswordOptions): Promise<[password: string, newPassword: string]> {
  if (options.passwordStdin) return (await readPasswords(['old', 'new'], options)) as [string, string]; // as many as asked for
  const [password = ''] = await readPasswords(['Old password: '], options);
  return [password, await readNewPassword('New password (at least 8 characters): ', options)];
}
