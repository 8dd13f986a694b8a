/** Colours as functions from text to text; without colours they change nothing. */

type Paint = (text: string) => string;

export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  /** A name in a colour of its own, the same everywhere. */
  readonly name: Paint;
}

const sgr =
  (open: number, close: number): Paint =>
  (text) =>
    `\x1b[${open}m${text}\x1b[${close}m`;

/** Cyan, magenta, blue and their bright forms: red, green and yellow mean something here. */
const nameColours = [36, 35, 34, 96, 95, 94];

const colourful: Palette = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  name: (text) => sgr(nameColour(text), 39)(text),
};

const same: Paint = (text) => text;
const plain: Palette = { bold: same, dim: same, red: same, green: same, yellow: same, name: same };

/** Colour only on a terminal, and not where `NO_COLOR` is set (https://no-color.org). */
export function paletteFor(isTerminal: boolean, env: NodeJS.ProcessEnv): Palette {
  return isTerminal && hasColour(env) ? colourful : plain;
}

export function hasColour(env: NodeJS.ProcessEnv): boolean {
  return !env.NO_COLOR && env.TERM !== 'dumb';
}

/** The colour of a name, as the terminal's number for it. */
export function nameColour(name: string): number {
  return nameColours[sum(name) % nameColours.length]!;
}

function sum(text: string): number {
  let total = 0;
  for (const character of text.toLowerCase()) total += character.codePointAt(0)!;
  return total;
}
