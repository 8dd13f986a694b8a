/** `verbatim register`: creates an account. */
import type { Command } from 'commander';
import { type UserOptions, withPasswordStdin, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { type PasswordOptions, readNewPassword } from '../prompt.ts';
import { recoveryAdvice } from '../render/recovery.ts';
import { visible } from '../render/text.ts';
import { withGuest } from '../session.ts';

export function configure(command: Command): void {
  withPasswordStdin(withProfile(command))
    .argument('<name>', 'letters, digits, ".", "_" and "-", at most 32')
    .addHelpText('after', '\nExample:\n  $ verbatim register alice')
    .action(run);
}

async function run(name: string, options: UserOptions & PasswordOptions, command: Command): Promise<void> {
  const output = new Output(options);
  const password = await readNewPassword('New password (at least 8 characters): ', options);
  const { recoveryCode } = await withGuest(options, (guest, time) =>
    guest.register(name, password, time.leftMs()),
  );
  const isGiven = command.getOptionValueSource('profile') === 'cli';
  const login = `verbatim login ${visible(name)}${isGiven ? ` --profile ${options.profile}` : ''}`;
  await output.emit(
    { user: name, recovery_code: recoveryCode },
    [
      `registered ${visible(name)}; log in with: ${login}`,
      `recovery code: ${output.palette.bold(recoveryCode)}`,
      recoveryAdvice,
    ].join('\n'),
  );
}
