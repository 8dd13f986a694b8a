/** Pieces of SVG as text. */

/** Readable on light and on dark. */
const colours = ['#2f86c8', '#dd5468', '#3f9142', '#b8841a', '#8e62bd', '#18918e', '#a4735c', '#75808f'];

export function colourOf(index: number): string {
  return colours[index % colours.length]!;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Fit for text and for attributes, in SVG and in HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}

/** To a tenth of a pixel. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function svg(width: number, height: number, title: string, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escaped(title)}</title>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

/** A few round numbers from 0 up to `most`. */
export function ticksUpTo(most: number, wanted = 6): number[] {
  if (!(most > 0)) return [0];
  const power = 10 ** Math.floor(Math.log10(most / wanted));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => most / one <= wanted) ?? 10 * power;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
}

/** The same, and one that reaches as far as `most`: an axis ends at a number. */
export function ticksOver(most: number): number[] {
  const ticks = ticksUpTo(most);
  const [step, last] = [ticks[1] ?? 1, ticks.at(-1)!];
  return last >= most && last > 0 ? ticks : [...ticks, Number((last + step).toPrecision(12))];
}
