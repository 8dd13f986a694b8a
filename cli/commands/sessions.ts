/** `verbatim sessions`: the user's own sessions. */
import type { Command } from 'commander';
import type { UserClient } from '../../src/client/client.ts';
import { collect } from '../collect.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { renderSessions, sessionJson } from '../render/sessions.ts';
import { withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly with?: string;
}

export function configure(command: Command): void {
  withProfile(command)
    .option('--with <name>', 'only those with one user')
    .addHelpText('after', '\nExample:\n  $ verbatim sessions --with bob')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const output = new Output(options);
  await withUser(options, ({ client, leftMs }) => printSessions(client, output, options.with, leftMs()));
}

export async function printSessions(
  client: UserClient,
  output: Output,
  other: string | undefined,
  timeoutMs?: number,
): Promise<void> {
  const sessions = await collect(client.sessions(other ?? null, timeoutMs));
  if (output.isJson) for (const session of sessions) await output.emit(sessionJson(session), '');
  else for (const line of renderSessions(sessions, output.palette)) await output.say(line);
}
