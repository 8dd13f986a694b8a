/** `verbatim register`: creates an account. */
import type { Command } from 'commander';
import { type ServerOptions, withPasswordStdin, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { type PasswordOptions, readNewPassword } from '../prompt.ts';
import { visible } from '../render/text.ts';
import { withGuest } from '../session.ts';

export function configure(command: Command): void {
  withPasswordStdin(withProfile(command))
    .argument('<name>', 'letters, digits, ".", "_" and "-", at most 32')
    .addHelpText('after', '\nExample:\n  $ verbatim register alice')
    .action(run);
}

async function run(name: string, options: ServerOptions & PasswordOptions): Promise<void> {
  const output = new Output(options);
  const password = await readNewPassword('New password: ', options);
  const { recoveryCode } = await withGuest(options, (guest, time) =>
    guest.register(name, password, time.leftMs()),
  );
  await output.emit(
    { user: name, recovery_code: recoveryCode },
    [
      `registered ${visible(name)}; log in with: verbatim login ${visible(name)}`,
      `recovery code: ${output.palette.bold(recoveryCode)}`,
      'Write it down: it is shown only now, and is the one way back if the password is forgotten.',
    ].join('\n'),
  );
}
