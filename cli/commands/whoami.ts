/** `verbatim whoami`: who is logged in, as the nodes know it. */
import type { Command } from 'commander';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { visible } from '../render/text.ts';
import { withUser } from '../session.ts';

export function configure(command: Command): void {
  withProfile(command).addHelpText('after', '\nExample:\n  $ verbatim whoami').action(run);
}

async function run(options: UserOptions): Promise<void> {
  const { name } = await withUser(options, ({ client, leftMs }) => client.whoAmI(leftMs()));
  await new Output(options).emit({ user: name }, visible(name));
}
