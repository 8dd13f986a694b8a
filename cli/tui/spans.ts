/**
 * What a screen is made of: lines of styled spans. They are made by pure functions, compared as text in tests, and become
 * escape sequences only when they are written (`ansi.ts`).
 */
import { cut, graphemes, widthOf } from './width.ts';

/** Of the terminal's own colours; `name` has one of its own for each text. */
export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | { readonly ofName: string };

export interface Style {
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
  readonly colour?: Colour;
}

export interface Span {
  readonly text: string;
  readonly style?: Style;
}

export type Line = readonly Span[];

export interface Frame {
  /** As many as the screen has rows, each no wider than it has columns. */
  readonly lines: readonly Line[];
  /** Where the terminal's own cursor stands, from 0; hidden otherwise. */
  readonly cursor?: { readonly row: number; readonly column: number };
}

export function span(text: string, style?: Style): Span {
  return style === undefined ? { text } : { text, style };
}

export function plainText(line: Line): string {
  return line.map(({ text }) => text).join('');
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Cut or filled with spaces to just that width; what is cut ends in `…`. */
export function fitLine(line: Line, width: number, fill: Style | undefined = undefined): Line {
  const missing = width - lineWidth(line);
  if (missing === 0) return line;
  if (missing > 0) return [...line, span(' '.repeat(missing), fill)];
  const fitted: Span[] = [];
  let left = width - 1;
  for (const { text, style } of line) {
    const part = cut(text, left);
    if (part) fitted.push(span(part, style));
    left -= widthOf(part);
    if (part !== text) break;
  }
  return fitLine([...fitted, span('…')], width, fill);
}

/** A letter that is too wide for the whole line is left out: there is no place where it could stand. */
interface Letter {
  readonly text: string;
  readonly width: number;
  readonly style: Style | undefined;
}

/**
 * A line as several, broken between words where that can be, else between letters; the first begins at column 0, the
 * others are indented.
 */
export function wrapLine(line: Line, width: number, indent = 0): Line[] {
  if (lineWidth(line) <= width) return [line];
  const inner = indent < width ? indent : 0;
  const lines: Line[] = [];
  let row: Letter[] = [];
  let used = 0;
  const flush = (letters: readonly Letter[]) => {
    const spans = joined(letters);
    lines.push(lines.length > 0 && inner > 0 ? [span(' '.repeat(inner)), ...spans] : spans);
  };
  const innerWidth = width - inner;
  const room = () => (lines.length === 0 ? width : innerWidth);
  for (const letter of lettersOf(line)) {
    if (letter.width > innerWidth) continue;
    if (letter.text === ' ' && used + letter.width > room()) {
      flush(row); // the break stands for the space
      row = [];
      used = 0;
      continue;
    }
    if (letter.text === ' ' && row.length === 0 && lines.length > 0) continue;
    while (used + letter.width > room()) {
      const at = row.findLastIndex(({ text }) => text === ' ');
      const rest = row.slice(at + 1);
      const isBetweenWords =
        at > 0 && widthsOf(row.slice(0, at)) >= room() / 3 && widthsOf(rest) <= innerWidth;
      flush(isBetweenWords ? row.slice(0, at) : row);
      row = isBetweenWords ? rest : [];
      used = widthsOf(row);
    }
    row.push(letter);
    used += letter.width;
  }
  if (row.length > 0 || lines.length === 0) flush(row);
  return lines;
}

function lettersOf(line: Line): Letter[] {
  return line.flatMap(({ text, style }) =>
    graphemes(text).map((letter) => ({ text: letter, width: widthOf(letter), style })),
  );
}

function widthsOf(letters: readonly Letter[]): number {
  return letters.reduce((sum, { width }) => sum + width, 0);
}

function joined(letters: readonly Letter[]): Line {
  const spans: { text: string; style: Style | undefined }[] = [];
  for (const { text, style } of letters) {
    const last = spans.at(-1);
    if (last && last.style === style) last.text += text;
    else spans.push({ text, style });
  }
  return spans.map(({ text, style }) => span(text, style));
}
