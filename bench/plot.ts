/** A plot as SVG, by hand: dots one beside the other, with the goals as lines. */
export interface Plot {
  readonly title: string;
  /** One panel below the other. */
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  readonly valuesMs: readonly number[];
  readonly goals: readonly { readonly ms: number; readonly name: string }[];
}

const width = 760;
const panelHeight = 200;
const left = 60;
const right = 90;
const top = 34;

export function plotSvg({ title, panels }: Plot): string {
  const height = 40 + panels.length * (panelHeight + top + 16);
  const body = panels.map((panel, index) => drawPanel(panel, 40 + index * (panelHeight + top + 16)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    `<text x="${left}" y="24" font-size="15">${escaped(title)}</text>`,
    ...body,
    '</svg>\n',
  ].join('\n');
}

function drawPanel({ title, valuesMs, goals }: Panel, offset: number): string {
  const most = Math.max(...valuesMs, ...goals.map(({ ms }) => ms)) * 1.1;
  const y = (ms: number) => (offset + top + panelHeight * (1 - ms / most)).toFixed(1);
  const x = (index: number) => (left + ((index + 0.5) / valuesMs.length) * (width - left - right)).toFixed(1);
  const line = (ms: number, look: string) =>
    `<line x1="${left}" x2="${width - right}" y1="${y(ms)}" y2="${y(ms)}" ${look}/>`;
  const label = (text: string, at: number, ms: number, anchor: string) =>
    `<text x="${at}" y="${Number(y(ms)) + 4}" text-anchor="${anchor}" fill="#555">${escaped(text)}</text>`;
  const ticks = ticksUpTo(most);
  return [
    `<text x="${left}" y="${offset + 18}">${escaped(title)}</text>`,
    ...ticks.map((ms) => line(ms, 'stroke="#ddd"')),
    ...ticks.map((ms) => label(`${ms} ms`, left - 6, ms, 'end')),
    ...goals.map(({ ms }) => line(ms, 'stroke="#c33" stroke-dasharray="5 4"')),
    ...goals.map(({ ms, name }) => label(name, width - right + 6, ms, 'start')),
    ...valuesMs.map((ms, index) => `<circle cx="${x(index)}" cy="${y(ms)}" r="2.5" fill="#27a"/>`),
  ].join('\n');
}

/** Four to eight round numbers. */
function ticksUpTo(most: number): number[] {
  const step =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000].find((one) => most / one <= 8) ?? 10_000;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
