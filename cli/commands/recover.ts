/** `verbatim recover`: sets a forgotten password anew with the recovery code. */
import type { Command } from 'commander';
import { type UserOptions, withPasswordStdin, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { type PasswordOptions, readNewPassword, readPasswords } from '../prompt.ts';
import { recoveryAdvice } from '../render/recovery.ts';
import { visible } from '../render/text.ts';
import { withGuest } from '../session.ts';

export function configure(command: Command): void {
  withPasswordStdin(withProfile(command), 'the recovery code and the new password, a line each,')
    .argument('<name>', 'of the account')
    .addHelpText(
      'after',
      `
The recovery code was shown when you registered, or recovered the last time. It counts once: a new one is shown. All
log-ins of the account end.

Example:
  $ verbatim recover alice`,
    )
    .action(run);
}

async function run(name: string, options: UserOptions & PasswordOptions): Promise<void> {
  const output = new Output(options);
  const [code, password] = await readBoth(options);
  const { recoveryCode } = await withGuest(options, (guest, time) =>
    guest.recover(name, code, password, time.leftMs()),
  );
  await output.emit(
    { user: name, recovery_code: recoveryCode },
    [
      `the password of ${visible(name)} is set anew, and nobody is logged in; log in with: verbatim login ${visible(name)}`,
      `new recovery code: ${output.palette.bold(recoveryCode)}`,
      recoveryAdvice,
    ].join('\n'),
  );
}

async function readBoth(options: PasswordOptions): Promise<[code: string, password: string]> {
  if (options.passwordStdin) return (await readPasswords(['code', 'new'], options)) as [string, string]; // as many as asked for
  const [code = ''] = await readPasswords(['Recovery code: '], options);
  return [code, await readNewPassword('New password (at least 8 characters): ', options)];
}
