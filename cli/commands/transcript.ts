/** `verbatim transcript`: what was said in a session. */
import { type Command, Option } from 'commander';
import type { UserClient } from '../../src/client/client.ts';
import { Refusal } from '../failure.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Output } from '../output.ts';
import { messageJson, renderSent } from '../render/messages.ts';
import { withUser } from '../session.ts';
import { isMatch, needSession, type SessionChoice, sessionOf } from '../which-session.ts';

type Options = UserOptions & SessionChoice;

export function configure(command: Command): void {
  withProfile(command)
    .option('--session <id>', 'as `verbatim sessions` lists them')
    .addOption(new Option('--with <name>', 'the latest session with this user').conflicts('session'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ verbatim transcript --session s-0123456789abcdef\n  $ verbatim transcript --with bob',
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  needSession(options);
  if (isMatch(options.session ?? ''))
    throw new Refusal(
      'is-match',
      `In a match nothing is said; \`verbatim replay --session ${options.session}\` plays it back.`,
    );
  const output = new Output(options);
  await withUser(options, async ({ client, leftMs }) =>
    printTranscript(client, output, await sessionOf(client, options, leftMs()), leftMs()),
  );
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
