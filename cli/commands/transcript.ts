/** `verbatim transcript`: what was said in a session. */
import type { Command } from 'commander';
import type { UserClient } from '../../src/client/client.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { messageJson, renderSent } from '../render/messages.ts';
import { withUser } from '../session.ts';

interface Options extends UserOptions {
  readonly session: string;
}

export function configure(command: Command): void {
  withProfile(command)
    .requiredOption('--session <id>', 'as `verbatim sessions` lists them')
    .addHelpText('after', '\nExample:\n  $ verbatim transcript --session s-0123456789abcdef')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const output = new Output(options);
  await withUser(options, ({ client, leftMs }) => printTranscript(client, output, options.session, leftMs()));
}

export async function printTranscript(
  client: UserClient,
  output: Output,
  session: string,
  timeoutMs?: number,
): Promise<void> {
  for await (const message of client.transcript(session, timeoutMs)) {
    await output.emit(messageJson(message), renderSent(message, output.palette));
  }
}
