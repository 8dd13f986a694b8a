/** A chat without a terminal: lines in, lines out; questions go to standard error. */
import { createInterface } from 'node:readline';
import { Output } from '../output.ts';
import type { Screen } from './screen.ts';

export class PipeScreen implements Screen {
  readonly isTerminal = false;
  readonly #reader = createInterface({ input: process.stdin });
  readonly #lines = this.#reader[Symbol.asyncIterator]();
  readonly #output = new Output({});
  onInterrupt: (() => void) | undefined;
  onCommand: ((line: string) => void) | undefined;

  async read(): Promise<string | undefined> {
    const { done, value } = await this.#lines.next();
    return done ? undefined : value;
  }

  async ask(question: string): Promise<string | undefined> {
    process.stderr.write(`${question}\n`);
    return await this.read();
  }

  async print(line: string): Promise<void> {
    await this.#output.say(line);
  }

  setPrompt(): void {}

  /** Nothing is read before it is asked for, and while nobody leads nobody asks. */
  setLocked(): void {}

  eraseTyped(): void {}

  close(): void {
    this.#reader.close();
  }
}
