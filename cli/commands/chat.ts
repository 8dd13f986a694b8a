/** `verbatim chat`: the interactive client, on a terminal or in a pipe. */
import { type Command, Option } from 'commander';
import type { Identity } from '../../src/client/client.ts';
import { type LineInput, scriptInput } from '../chat/line-input.ts';
import { type Asker, logInByQuestions } from '../chat/login.ts';
import { plainChat } from '../chat/plain-chat.ts';
import type { TimeFormat } from '../chat/state.ts';
import { exitStatus, failureFrom, Reported } from '../failure.ts';
import { type UserOptions, withProfile } from '../options.ts';
import { Profile } from '../profile.ts';
import { Prompter } from '../prompt.ts';
import { asUser, keepLogIn, withGuest } from '../session.ts';

export interface ChatOptions extends UserOptions {
  readonly with?: string;
  readonly plain?: boolean;
  readonly accessible?: boolean;
  readonly bell: boolean;
  readonly timeFormat: TimeFormat;
  /** What is said in the first window, such as how others join. */
  readonly greeting?: readonly string[];
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
  return withProfile(command)
    .option('--with <name>', 'talk with this user from the start')
    .option('--plain', 'lines in, lines out, as in a pipe, also on a terminal')
    .option('--accessible', 'the same, for screen readers: nothing is ever drawn anew')
    .option('--no-bell', 'do not ring for messages and mentions')
    .addOption(
      new Option('--time-format <how>', 'how times are shown')
        .choices(['24h', '12h', 'seconds', 'iso'])
        .default('24h'),
    );
}

/** @throws {Reported} unless all went well. */
export async function runChat(options: ChatOptions): Promise<void> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const hasScreen =
    isTerminal && !options.plain && !options.accessible && !options.json && process.env.TERM !== 'dumb';
  const status = hasScreen ? await onScreen(options) : await inLines(options, isTerminal);
  if (status !== exitStatus.done) throw new Reported(status);
}

/** What draws a screen is loaded only where there is one. */
async function onScreen(options: ChatOptions): Promise<number> {
  const { chatOnScreen } = await import('../chat/on-screen.ts');
  return await chatOnScreen(options);
}

async function inLines(options: ChatOptions, isForPeople: boolean): Promise<number> {
  for (const line of options.greeting ?? []) say(line);
  const profile = new Profile(options.profile);
  const input = isForPeople ? undefined : scriptInput();
  const enter = (identity: Identity) =>
    asUser(options, profile, identity, ({ client }) =>
      plainChat({
        client,
        identity,
        profile,
        json: options.json ?? false,
        partner: options.with,
        isForPeople,
        timeoutMs: isForPeople ? undefined : options.timeout,
        ...(input ? { input } : {}),
      }),
    );
  const logIn = async () => {
    const asker = input ? scriptAsker(input) : personAsker();
    try {
      const identity = await withGuest(options, (guest) =>
        logInByQuestions(guest, asker, input && options.timeout),
      );
      return await keepLogIn(options, profile, identity);
    } finally {
      asker.close();
    }
  };
  const identity = profile.read() ?? (await logIn());
  return await enter(identity).catch(async (error: unknown) => {
    if (failureFrom(error).code !== 'not-logged-in') throw error;
    say('You are not logged in any more.');
    return await enter(await logIn());
  });
}

type Closing = Asker & { close(): void };

function scriptAsker(input: LineInput): Closing {
  return {
    ask: async (question) => {
      say(question);
      return await input.next();
    },
    say,
    showOnce: async (text) => say(text),
    close: () => undefined,
  };
}

function personAsker(): Closing {
  const prompter = new Prompter();
  return {
    ask: (question, isHidden) => prompter.ask(question, isHidden),
    say,
    showOnce: async (text) => say(text),
    close: () => prompter.close(),
  };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
