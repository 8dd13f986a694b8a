/** Plots of lines and dots, as SVG in the colours of the page that they stand on. */
import { colourOf, escaped, px, svg, ticksOver } from './svg.ts';

export type Point = readonly [x: number, y: number, label?: string];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Dots that nothing connects. */
  readonly isScattered?: boolean;
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Nothing lies between whole numbers along x, as between rounds. */
  readonly isCounted?: boolean;
}

const [width, height] = [560, 330];
const margin = { left: 60, right: 110, top: 56, bottom: 46 };
const across = width - margin.left - margin.right;
const up = height - margin.top - margin.bottom;
/** A line of few points shows where they are. */
const markedMax = 30;

type Place = (value: number) => string;

export function plotSvg({ title, x, y, series, isCounted = false }: Plot): string {
  const [ticksX, ticksY] = [0, 1].map((side) =>
    ticksOver(Math.max(0, ...series.map(({ points }) => greatest(points, side)))),
  ) as [number[], number[]];
  const toldX = isCounted ? ticksX.filter(Number.isInteger) : ticksX;
  const placeX: Place = (value) => px(margin.left + (value / ticksX.at(-1)!) * across);
  const placeY: Place = (value) => px(margin.top + up - (value / ticksY.at(-1)!) * up);
  return svg(width, height, title, [
    text(margin.left, 20, title, 'font-size="14" font-weight="bold"'),
    text(8, margin.top - 14, y, quiet),
    text(margin.left + across / 2, height - 8, x, `text-anchor="middle" ${quiet}`),
    ...ticksY.map(
      (tick) =>
        `<line x1="${margin.left}" x2="${width - margin.right}" y1="${placeY(tick)}" y2="${placeY(tick)}" stroke="currentColor" stroke-opacity="0.18"/>`,
    ),
    ...ticksY.map((tick) => text(margin.left - 6, Number(placeY(tick)) + 4, tick, 'text-anchor="end"')),
    ...toldX.map((tick) => text(placeX(tick), margin.top + up + 18, tick, 'text-anchor="middle"')),
    ...series.map((one, index) => drawn(one, colourOf(index), placeX, placeY)),
    ...(series.length > 1 ? series.map(legend) : []),
  ]);
}

const quiet = 'fill-opacity="0.7"';

function text(x: number | string, y: number | string, told: string | number, style: string): string {
  return `<text x="${x}" y="${y}" fill="currentColor" ${style}>${escaped(String(told))}</text>`;
}

function greatest(points: readonly Point[], side: number): number {
  return points.reduce((most, point) => Math.max(most, Number(point[side])), 0);
}

function legend({ name }: Series, index: number): string {
  return `<text x="${width - margin.right + 10}" y="${margin.top + 14 + 18 * index}" fill="${colourOf(index)}">${escaped(name)}</text>`;
}

function drawn({ points, isScattered }: Series, colour: string, placeX: Place, placeY: Place): string {
  const path = points.map(([x, y]) => `${placeX(x)},${placeY(y)}`).join(' ');
  const line = `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
  const dots = points.map(
    ([x, y, label]) =>
      `<circle cx="${placeX(x)}" cy="${placeY(y)}" r="2.5" fill="${colour}" fill-opacity="0.7"/>${label ? text(Number(placeX(x)) - 6, Number(placeY(y)) - 6, label, 'text-anchor="end" font-size="11"') : ''}`,
  );
  return [isScattered ? '' : line, ...(isScattered || points.length <= markedMax ? dots : [])].join('');
}

/** At most so many points, evenly chosen: a plot has no more columns. */
export function thinned<T>(points: readonly T[], most = 400): T[] {
  const step = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}
