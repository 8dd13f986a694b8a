/** Plots of lines and dots, as SVG. */
import { colourOf, escaped, px, svg, ticksUpTo } from './svg.ts';

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Dots that nothing connects. */
  readonly isScattered?: boolean;
}

export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

const [width, height] = [560, 320];
const margin = { left: 60, right: 110, top: 40, bottom: 46 };

export function plotSvg({ title, x, y, series }: Plot): string {
  const points = series.flatMap((one) => one.points);
  const most = [0, 1].map((side) => points.reduce((max, point) => Math.max(max, point[side]!), 0) || 1);
  const across = width - margin.left - margin.right;
  const up = height - margin.top - margin.bottom;
  const px0 = (value: number) => margin.left + (value / most[0]!) * across;
  const py0 = (value: number) => margin.top + up - (value / most[1]!) * up;
  const scale = [
    ...ticksUpTo(most[1]!).map(
      (tick) =>
        `<line x1="${margin.left}" x2="${width - margin.right}" y1="${px(py0(tick))}" y2="${px(py0(tick))}" stroke="#ddd"/><text x="${margin.left - 6}" y="${px(py0(tick) + 4)}" text-anchor="end">${tick}</text>`,
    ),
    ...ticksUpTo(most[0]!).map(
      (tick) => `<text x="${px(px0(tick))}" y="${margin.top + up + 18}" text-anchor="middle">${tick}</text>`,
    ),
  ];
  const drawn = series.map(({ points: own, isScattered = false }, index) => {
    const colour = colourOf(index);
    if (isScattered)
      return own
        .map(
          (point) =>
            `<circle cx="${px(px0(point[0]))}" cy="${px(py0(point[1]))}" r="2.5" fill="${colour}" fill-opacity="0.6"/>`,
        )
        .join('');
    const path = own.map((point) => `${px(px0(point[0]))},${px(py0(point[1]))}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
  });
  const names = series.map(
    ({ name }, index) =>
      `<text x="${width - margin.right + 10}" y="${margin.top + 14 + 18 * index}" fill="${colourOf(index)}">${escaped(name)}</text>`,
  );
  return svg(width, height, title, [
    `<text x="${margin.left}" y="22" font-size="14">${escaped(title)}</text>`,
    ...scale,
    ...drawn,
    ...names,
    `<text x="${margin.left + across / 2}" y="${height - 8}" text-anchor="middle" fill="#555">${escaped(x)}</text>`,
    `<text x="14" y="${margin.top - 10}" fill="#555">${escaped(y)}</text>`,
  ]);
}

/** At most so many points, evenly chosen: a plot has no more columns. */
export function thinned<T>(points: readonly T[], most = 400): T[] {
  const step = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}
