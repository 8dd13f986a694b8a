/** Frames as what a terminal is sent: only the parts of lines that changed, in one write that it shows at once. */
import { nameColour } from '../render/colour.ts';
import { masked } from '../render/text.ts';
import { changedRuns } from './cells.ts';
import type { Colour, Frame, Line, Style } from './spans.ts';

const esc = '\x1b[';
/** Without wrapping: where a terminal takes a letter for wider than it is here, a row is cut and the screen stays in place. */
export const ansi = {
  enter: `${esc}?1049h${esc}?2004h${esc}?7l${esc}2J`,
  leave: `${esc}0m${esc}?25h${esc}?7h${esc}?2004l${esc}?1049l`,
  bell: '\x07',
  /** The kitty keyboard protocol: all keys as sequences, and when they are let go; and whether that is known here. */
  tellReleases: `${esc}>11u${esc}?u`,
  tellNoReleases: `${esc}<u`,
} as const;

/** A terminal that does not know these ignores them. */
const synchronized = { begin: `${esc}?2026h`, end: `${esc}?2026l` };
const cursor = { hide: `${esc}?25l`, show: `${esc}?25h` };
const colours = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

export function encodeLine(line: Line, hasColour: boolean): string {
  return line
    .map(({ text, style }) => {
      const codes = style ? codesOf(style, hasColour) : [];
      const safe = masked(text); // whoever made the line should have taken care of it already
      return codes.length > 0 ? `${esc}${codes.join(';')}m${safe}${esc}0m` : safe;
    })
    .join('');
}

function codesOf(style: Style, hasColour: boolean): number[] {
  const codes: number[] = [];
  if (style.bold) codes.push(1);
  if (style.dim) codes.push(2);
  if (style.underline) codes.push(4);
  if (style.inverse) codes.push(7);
  if (style.colour && hasColour) codes.push(codeOf(style.colour));
  return codes;
}

function codeOf(colour: Colour): number {
  return typeof colour === 'string' ? colours[colour] : nameColour(colour.ofName);
}

/** Knows what a terminal shows, and tells what to write to it so that it shows a frame. */
export class Painter {
  readonly #hasColour: boolean;
  #shown: string[] = [];
  #lines: readonly Line[] = [];
  #cursor: string = '';

  constructor(hasColour: boolean) {
    this.#hasColour = hasColour;
  }

  /** Nothing is known of what it shows: all is written next time. */
  forget(): void {
    this.#shown = [];
    this.#lines = [];
    this.#cursor = '';
  }

  /** @returns nothing when it shows just that. */
  paint({ lines, cursor: at }: Frame): string {
    const isFirst = this.#shown.length === 0;
    const next = lines.map((line) => encodeLine(line, this.#hasColour));
    const changed = next
      .map((text, row) => (text === this.#shown[row] ? '' : this.#change(row, lines[row]!, text)))
      .join('');
    const end = at ? `${place(at.row, at.column)}${cursor.show}` : cursor.hide;
    if (changed === '' && end === this.#cursor) return '';
    this.#shown = next;
    this.#lines = lines;
    this.#cursor = end;
    return `${synchronized.begin}${cursor.hide}${isFirst ? `${esc}2J` : ''}${changed}${end}${synchronized.end}`;
  }

  /** Erased before it is written: behind a full row the cursor still stands on its last letter, which would be erased too. */
  #change(row: number, line: Line, text: string): string {
    const before = this.#lines[row];
    const runs = before && changedRuns(before, line);
    if (!runs) return `${place(row, 0)}${esc}K${text}`;
    return runs.map((run) => place(row, run.column) + encodeLine(run.line, this.#hasColour)).join('');
  }
}

function place(row: number, column: number): string {
  return `${esc}${row + 1};${column + 1}H`;
}
