/** `verbatim chat`: the interactive client, on a terminal or in a pipe. */
import type { Command } from 'commander';
import type { Identity } from '../../src/client/client.ts';
import { chat } from '../chat/chat.ts';
import { logInByQuestions } from '../chat/login.ts';
import { PipeScreen } from '../chat/pipe-screen.ts';
import type { Screen } from '../chat/screen.ts';
import { TerminalScreen } from '../chat/terminal-screen.ts';
import { exitStatus, failureFrom, Reported } from '../failure.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Profile } from '../profile.ts';
import { Prompter } from '../prompt.ts';
import { asUser, keepLogIn, withGuest } from '../session.ts';

export interface ChatOptions extends UserOptions {
  readonly with?: string;
}

export function configure(command: Command): void {
  withChat(command)
    .addHelpText(
      'after',
      `
Whoever is not logged in yet is asked for it, or registers. While the cluster has no leader nothing is taken; what is
typed stays, and the chat goes on by itself. In a pipe each line is typed, and --timeout is how long a line waits.

Examples:
  $ verbatim chat --with bob
  $ printf '/msg bob hello\\n/users\\n' | verbatim chat`,
    )
    .action(async (options: ChatOptions) => await runChat(options));
}

export function withChat(command: Command): Command {
  return withProfile(command).option('--with <name>', 'talk with this user from the start');
}

/** @throws {Reported} unless all went well. */
export async function runChat(options: ChatOptions): Promise<void> {
  const profile = new Profile(options.profile);
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const pipe = isTerminal ? undefined : new PipeScreen();
  const logIn = async () => {
    const asker = pipe ?? new Prompter();
    try {
      const identity = await withGuest(options, (guest) =>
        logInByQuestions(guest, asker, pipe && options.timeout),
      );
      return await keepLogIn(options, profile, identity);
    } finally {
      if (asker !== pipe) asker.close();
    }
  };
  const enter = (identity: Identity) => runAs(options, profile, identity, () => pipe ?? new TerminalScreen());
  const identity = profile.read() ?? (await logIn());
  const status = await enter(identity).catch(async (error: unknown) => {
    if (failureFrom(error).code !== 'not-logged-in') throw error;
    process.stderr.write('You are not logged in any more.\n');
    return await enter(await logIn());
  });
  if (status !== exitStatus.done) throw new Reported(status);
}

async function runAs(
  options: ChatOptions,
  profile: Profile,
  identity: Identity,
  open: () => Screen,
): Promise<number> {
  return await asUser(options, profile, identity, async ({ client }) => {
    const screen = open();
    try {
      const room = {
        client,
        identity,
        profile,
        screen,
        ...(options.json ? { json: true } : {}),
        ...(screen.isTerminal ? {} : { timeoutMs: options.timeout }),
      };
      return await chat(room, options.with);
    } finally {
      screen.close();
    }
  });
}
