/** Standard output: lines for people, or one JSON object a line for programs, and nothing else. */
import type { OutputOptions } from './options.ts';
import { type Palette, paletteFor } from './render/colour.ts';

export class Output {
  readonly isJson: boolean;
  readonly palette: Palette;

  constructor({ json = false }: OutputOptions) {
    this.isJson = json;
    this.palette = paletteFor(process.stdout.isTTY, process.env);
  }

  /** Resolves when the line has been handed over. */
  async emit(object: object, text: string): Promise<void> {
    await write(this.isJson ? JSON.stringify(object) : text);
  }

  /** For people only. */
  async say(text: string): Promise<void> {
    if (!this.isJson) await write(text);
  }

  /** A diagnostic: on standard error, for people only. */
  note(text: string): void {
    if (!this.isJson) process.stderr.write(`${text}\n`);
  }
}

/** Never resolves when the reader has left: the process ends then (see `main.ts`). */
function write(line: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${line}\n`, (error) => {
      if (!error) resolve();
    });
  });
}
