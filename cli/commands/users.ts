/** `verbatim users`: names, online or not. */
import type { Command } from 'commander';
import type { UserClient } from '../../src/client/client.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { renderUser } from '../render/users.ts';
import { withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly prefix: string;
}

export function configure(command: Command): void {
  withProfile(command)
    .option('--prefix <letters>', 'only names that begin so', '')
    .addHelpText('after', '\nExample:\n  $ verbatim users --prefix al')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const output = new Output(options);
  await withUser(options, ({ client, leftMs }) => printUsers(client, output, options.prefix, leftMs()));
}

export async function printUsers(
  client: UserClient,
  output: Output,
  prefix: string,
  timeoutMs?: number,
): Promise<void> {
  for await (const { name, online } of client.users(prefix, timeoutMs)) {
    await output.emit({ name, online }, renderUser({ name, online }, output.palette));
  }
}
