/**
 * A chat on a terminal. The line editor reads from a gate and not from the terminal itself: while the gate is locked,
 * what is typed is dropped before the editor sees it, and what was typed before stays in its line. Only a command, which
 * begins with a slash, is let through: it takes the place of that line until it is entered.
 */
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import { PassThrough } from 'node:stream';
import { LineQueue } from '../line-queue.ts';
import { displayWidth, safeText } from '../render/text.ts';
import type { Screen } from './screen.ts';

/** Ctrl-C and Ctrl-D. */
const leaving = /[\x03\x04]/;

export class TerminalScreen implements Screen {
  readonly isTerminal = true;
  readonly #gate = new PassThrough();
  readonly #editor: Interface;
  readonly #lines = new LineQueue();
  readonly #typed = (chunk: Buffer) => this.#take(chunk);
  #isLocked = false;
  #prompt = '';
  #lastTyped = '';
  /** Nothing was printed since. */
  #isTypedLast = false;
  /** What was typed before the command that is typed now, while locked. */
  #aside: string | undefined;
  #isCommandOpen = false;
  onInterrupt: (() => void) | undefined;
  onCommand: ((line: string) => void) | undefined;

  constructor() {
    this.#editor = createInterface({
      input: this.#gate,
      output: process.stdout,
      terminal: true,
      prompt: '',
      historySize: 100,
    });
    this.#editor.on('line', (line) => this.#entered(line));
    this.#editor.on('SIGINT', () => this.#interrupt());
    this.#editor.on('close', () => this.#lines.end());
    process.stdin.setRawMode(true);
    process.stdin.on('data', this.#typed).resume();
    process.stdout.on('resize', this.#redraw);
  }

  async read(): Promise<string | undefined> {
    this.#redraw();
    return await this.#lines.next();
  }

  async ask(question: string): Promise<string | undefined> {
    const before = this.#prompt;
    this.setPrompt(question);
    this.onInterrupt = () => {
      this.#takeLine();
      this.#lines.skip();
    };
    const answer = await this.#lines.next();
    this.onInterrupt = undefined;
    this.setPrompt(before);
    return answer;
  }

  /** Above the line that is being typed, which is drawn anew below. */
  print(line: string): void {
    this.#isTypedLast = false;
    this.#clear();
    process.stdout.write(`${safeText(line)}\n`);
    this.#editor.prompt(true);
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
    this.#clear();
    this.#editor.setPrompt(prompt);
    this.#editor.prompt(true);
  }

  setLocked(isLocked: boolean): void {
    this.#isLocked = isLocked;
  }

  eraseTyped(): void {
    if (!this.#isTypedLast) return; // others' words, or news of the leader, came in between
    const columns = process.stdout.columns || 80;
    const rows = Math.floor(displayWidth(this.#prompt + this.#lastTyped) / columns) + 1;
    this.#clear();
    moveCursor(process.stdout, 0, -rows);
    clearScreenDown(process.stdout);
  }

  close(): void {
    this.#clear();
    process.stdin.off('data', this.#typed).pause();
    process.stdin.setRawMode(false);
    process.stdout.off('resize', this.#redraw);
    this.#editor.close();
  }

  #take(chunk: Buffer): void {
    if (!this.#isLocked) {
      this.#gate.write(chunk);
      return;
    }
    for (const byte of chunk.toString('latin1')) {
      if (leaving.test(byte)) this.#interrupt();
      else if (this.#isCommandOpen || (byte === '/' && this.#aside === undefined)) this.#letThrough(byte);
    }
  }

  /** Of a command: a byte, which may be a part of a letter. */
  #letThrough(byte: string): void {
    this.#aside ??= this.#takeLine();
    this.#isCommandOpen = !/[\r\n]/.test(byte);
    this.#gate.write(Buffer.from(byte, 'latin1'));
  }

  #entered(line: string): void {
    this.#lastTyped = line;
    this.#isTypedLast = true;
    const aside = this.#aside;
    this.#aside = undefined;
    this.#isCommandOpen = false;
    if (aside === undefined || !this.#isLocked) this.#lines.push(line);
    else this.onCommand?.(line);
    if (aside) this.#editor.write(aside);
  }

  /** What stands in the line, which is empty then. */
  #takeLine(): string {
    const { line } = this.#editor;
    this.#editor.write(null, { ctrl: true, name: 'e' });
    this.#editor.write(null, { ctrl: true, name: 'u' });
    return line;
  }

  #interrupt(): void {
    if (this.onInterrupt) this.onInterrupt();
    else this.#lines.end();
  }

  readonly #redraw = () => {
    this.#editor.prompt(true);
  };

  #clear(): void {
    const { rows } = this.#editor.getCursorPos();
    moveCursor(process.stdout, 0, -rows);
    cursorTo(process.stdout, 0);
    clearScreenDown(process.stdout);
  }
}
