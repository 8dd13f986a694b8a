/** Standard output: lines for people, or one JSON object a line for programs, and nothing else. */
import type { OutputOptions } from './options.ts';
import { type Palette, paletteFor } from './render/colour.ts';
import { safeJson, safeText } from './render/text.ts';

export class Output {
  readonly isJson: boolean;
  readonly palette: Palette;
  readonly #write: (line: string) => Promise<void> | void;

  /** @param write another way to the terminal than just writing there. */
  constructor(
    { json = false }: OutputOptions,
    write: (line: string) => Promise<void> | void = writeOut,
    palette: Palette = paletteFor(process.stdout.isTTY, process.env),
  ) {
    this.isJson = json;
    this.palette = palette;
    this.#write = write;
  }

  /** Resolves when the line has been handed over. */
  async emit(object: object, text: string): Promise<void> {
    await this.#write(this.isJson ? safeJson(object) : safeText(text));
  }

  /** For people only. */
  async say(text: string): Promise<void> {
    if (!this.isJson) await this.#write(safeText(text));
  }

  /** A diagnostic: on standard error, for people only. */
  note(text: string): void {
    if (!this.isJson) process.stderr.write(`${safeText(text)}\n`);
  }
}

/** Never resolves when the reader has left: the process ends then (see `main.ts`). */
function writeOut(line: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(`${line}\n`, (error) => {
      if (!error) resolve();
    });
  });
}
