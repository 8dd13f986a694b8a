/** Questions to whoever sits at the terminal, and passwords, which are never shown and never arguments. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Refusal, UsageError } from './failure.ts';
import { LineQueue } from './line-queue.ts';

/**
 * One conversation on the terminal: questions go to standard error, so that standard output stays clean. Whoever types
 * ahead is not lost, and is not shown either before it is clear that no password is being typed.
 */
export class Prompter {
  readonly #lines = new LineQueue();
  #isShown = false;
  readonly #editor = createInterface({
    input: process.stdin,
    output: new Writable({ write: (chunk, _, done) => this.#echo(chunk, done) }),
    terminal: true,
    historySize: 0,
  })
    .on('line', (line) => {
      this.#isShown = false; // at once: what follows may be a password
      this.#lines.push(line);
    })
    .on('SIGINT', () => this.#lines.end())
    .on('close', () => this.#lines.end());

  /** @returns undefined after Ctrl-C or Ctrl-D. */
  async ask(question: string, isHidden = false): Promise<string | undefined> {
    const isShown = !isHidden && this.#lines.size === 0;
    this.#isShown = isShown;
    if (isShown) {
      this.#editor.setPrompt(question);
      this.#editor.prompt(true);
    } else {
      process.stderr.write(question);
    }
    const answer = await this.#lines.next();
    if (!isShown) process.stderr.write(isHidden ? '\n' : `${answer}\n`);
    return answer;
  }

  close(): void {
    this.#editor.close();
  }

  #echo(chunk: Uint8Array, done: () => void): void {
    if (this.#isShown) process.stderr.write(chunk);
    done();
  }
}

/** One question. @throws {Refusal} on Ctrl-C or Ctrl-D. */
export async function ask(question: string): Promise<string> {
  const [answer = ''] = await askAll([question], false);
  return answer;
}

export interface PasswordOptions {
  readonly passwordStdin?: boolean;
}

/** The passwords that were asked for, one for each question: from the terminal, or a line each of standard input. */
export async function readPasswords(
  questions: readonly string[],
  options: PasswordOptions,
): Promise<string[]> {
  if (options.passwordStdin) return await passwordsFromInput(questions.length);
  if (!process.stdin.isTTY)
    throw new UsageError('there is no terminal to ask for a password; give it with --password-stdin');
  return await askAll(questions, true);
}

/** A new password is asked for twice: nobody sees what they type. */
export async function readNewPassword(question: string, options: PasswordOptions): Promise<string> {
  if (options.passwordStdin) return (await passwordsFromInput(1))[0]!;
  const [password, again] = await readPasswords([question, 'Once more: '], options);
  if (password !== again)
    throw new Refusal('passwords-differ', 'The two passwords differ; nothing was done.');
  return password!;
}

async function askAll(questions: readonly string[], isHidden: boolean): Promise<string[]> {
  const prompter = new Prompter();
  const answers: string[] = [];
  try {
    for (const question of questions) {
      const answer = await prompter.ask(question, isHidden);
      if (answer === undefined) throw new Refusal('interrupted', 'Nothing was done.');
      answers.push(answer);
    }
  } finally {
    prompter.close();
  }
  return answers;
}

async function passwordsFromInput(amount: number): Promise<string[]> {
  const lines = (await text(process.stdin)).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === amount) return lines;
  const expected = amount === 1 ? 'one password is' : `${amount} passwords are`;
  throw new UsageError(`standard input holds ${lines.length} lines where ${expected} expected`);
}
