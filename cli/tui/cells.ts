/** A line as one letter a column, and where two of them differ: all that is written again of a line in which little moves. */
import type { Line, Style } from './spans.ts';
import { isSimple } from './width.ts';

interface Cell {
  readonly text: string;
  readonly style: Style | undefined;
}

export interface Run {
  readonly column: number;
  readonly line: Line;
}

/** To go on elsewhere costs about as much as so many letters. */
const gapMax = 8;

/** @returns undefined where columns cannot be told apart by counting letters, or are not the same ones. */
export function changedRuns(before: Line, after: Line): Run[] | undefined {
  const [old, fresh] = [cellsOf(before), cellsOf(after)];
  if (!old || !fresh || old.length !== fresh.length) return undefined;
  const runs: { from: number; to: number }[] = [];
  for (let column = 0; column < fresh.length; column++) {
    if (isSame(old[column]!, fresh[column]!)) continue;
    const last = runs.at(-1);
    if (last && column - last.to <= gapMax) last.to = column + 1;
    else runs.push({ from: column, to: column + 1 });
  }
  return runs.map(({ from, to }) => ({ column: from, line: joined(fresh.slice(from, to)) }));
}

function cellsOf(line: Line): Cell[] | undefined {
  const cells: Cell[] = [];
  for (const { text, style } of line) {
    if (!isSimple(text)) return undefined;
    for (const letter of text) cells.push({ text: letter, style });
  }
  return cells;
}

function isSame(one: Cell, other: Cell): boolean {
  return one.text === other.text && isSameStyle(one.style ?? plain, other.style ?? plain);
}

const plain: Style = {};

function isSameStyle(one: Style, other: Style): boolean {
  return (
    one === other ||
    (one.bold === other.bold &&
      one.dim === other.dim &&
      one.inverse === other.inverse &&
      one.underline === other.underline &&
      isSameColour(one.colour, other.colour))
  );
}

function isSameColour(one: Style['colour'], other: Style['colour']): boolean {
  if (typeof one === 'object' && typeof other === 'object') return one.ofName === other.ofName;
  return one === other;
}

function joined(cells: readonly Cell[]): Line {
  const spans: { text: string; style?: Style }[] = [];
  let last: Style | undefined;
  for (const { text, style } of cells) {
    const open = spans.at(-1);
    if (open && last === style) open.text += text;
    else spans.push(style === undefined ? { text } : { text, style });
    last = style;
  }
  return spans;
}
