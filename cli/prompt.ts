/** Questions to whoever sits at the terminal, and passwords, which are never shown and never arguments. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Refusal, UsageError } from './failure.ts';

/** Asks on standard error, so that standard output stays clean. @throws {Refusal} on Ctrl-C or Ctrl-D. */
export async function ask(question: string, isHidden = false): Promise<string> {
  // The line editor, not the terminal, echoes what is typed; a hidden answer it echoes into the void.
  const output = isHidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  const prompt = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY, historySize: 0 });
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      const giveUp = () => reject(new Refusal('interrupted', 'Nothing was done.'));
      prompt.once('line', resolve).once('SIGINT', giveUp).once('close', giveUp);
    });
  } finally {
    prompt.close();
    if (isHidden || !process.stdin.isTTY) process.stderr.write('\n');
  }
}

export interface PasswordOptions {
  readonly passwordStdin?: boolean;
}

/** The passwords that were asked for, one for each question: from the terminal, or a line each of standard input. */
export async function readPasswords(questions: readonly string[], { passwordStdin = false }: PasswordOptions): Promise<string[]> {
  if (passwordStdin) return await passwordsFromInput(questions.length);
  refuseWithoutTerminal();
  const passwords: string[] = [];
  for (const question of questions) passwords.push(await ask(question, true));
  return passwords;
}

/** A new password is asked for twice: nobody sees what they type. */
export async function readNewPassword(question: string, options: PasswordOptions): Promise<string> {
  if (options.passwordStdin) return (await passwordsFromInput(1))[0]!;
  const [password, again] = await readPasswords([question, 'Once more: '], options);
  if (password !== again) throw new Refusal('passwords-differ', 'The two passwords differ; nothing was done.');
  return password!;
}

async function passwordsFromInput(amount: number): Promise<string[]> {
  const lines = (await text(process.stdin)).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === amount) return lines;
  throw new UsageError(`standard input holds ${lines.length} lines where ${amount === 1 ? 'one password is' : `${amount} passwords are`} expected`);
}

function refuseWithoutTerminal(): void {
  if (!process.stdin.isTTY) throw new UsageError('there is no terminal to ask for a password; give it with --password-stdin');
}
