/** A space-time diagram that stands still: time goes to the right, a lane a machine, an arrow a message. */
import type { Causality } from './causality.ts';
import { nameOf } from './entry.ts';
import {
  arrowInWords,
  arrowStrokes,
  kindsInWords,
  markOf,
  type Point,
  type Stroke,
  stubInWords,
  stubStrokes,
} from './marks.ts';
import { colourOf, escaped, px, svg } from './svg.ts';

const left = 70;
const top = 50;
const laneHeight = 70;
/** Between events, on average; a diagram grows no wider than a browser draws. */
const gap = 12;
const [widthMin, widthMax] = [1_150, 16_000];
const legendGap = 92;

export function diagramSvg(causality: Causality, title: string): string {
  const { lanes, size } = causality;
  const busiest = Math.max(1, ...lanes.map(({ events }) => events.length));
  const width = Math.min(widthMax, Math.max(widthMin, left + gap * busiest + 40));
  const x = horizontally(causality, left, width - 40);
  const y = (lane: number) => top + laneHeight * lane + laneHeight / 2;
  const [arrows, stubs, dots]: [string[], string[], string[]] = [[], [], []];
  for (let event = 0; event < size; event++) {
    const lane = causality.laneOf(event);
    const place: Point = [x(event), y(lane)];
    const sender = causality.senderOf(event);
    if (sender !== undefined) {
      const from = causality.laneOf(sender);
      arrows.push(drawn(arrowStrokes([x(sender), y(from)], place), colourOf(from)));
    }
    for (const other of causality.missedBy(event))
      stubs.push(drawn(stubStrokes(place, y(other)), colourOf(lane)));
    dots.push(dot(causality, event, place));
  }
  const rails = lanes.map(
    ({ name }, lane) =>
      `<text x="8" y="${y(lane) + 4}" fill="${colourOf(lane)}">${escaped(name)}</text><line x1="${left}" x2="${width - 20}" y1="${y(lane)}" y2="${y(lane)}" stroke="#ccc"/>`,
  );
  const bottom = top + laneHeight * lanes.length;
  return svg(width, bottom + 30, title, [
    `<rect width="${width}" height="${bottom + 30}" fill="#fff"/>`,
    `<text x="8" y="24" font-size="15">${escaped(title)}</text>`,
    ...rails,
    `<g fill="none" stroke-opacity="0.55">${arrows.join('\n')}</g>`,
    `<g fill="none" stroke-opacity="0.55">${stubs.join('\n')}</g>`,
    ...dots,
    legend(bottom + 10),
  ]);
}

function drawn(strokes: readonly Stroke[], colour: string): string {
  const path = strokes.map((points) => `M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join('L')}`);
  return `<path d="${path.join('')}" stroke="${colour}"/>`;
}

function dot(causality: Causality, event: number, [x, y]: Point): string {
  const { clock, what, kind } = causality.eventAt(event);
  const told = `${nameOf(causality.nameOf(event))} clock ${clock}: ${what}`;
  return `<path transform="translate(${px(x)} ${px(y)})" d="${markOf(kind)}" fill="${colourOf(causality.laneOf(event))}"><title>${escaped(told)}</title></path>`;
}

/** What the marks mean, in a line below the lanes. */
function legend(y: number): string {
  const marks = kindsInWords.map(([kind, words], index) => {
    const x = 14 + index * legendGap;
    return `<path transform="translate(${x} ${y})" d="${markOf(kind)}"/><text x="${x + 10}" y="${y + 4}">${words}</text>`;
  });
  const [arrowX, stubX] = [14 + kindsInWords.length * legendGap, 390 + kindsInWords.length * legendGap];
  return [
    '<g fill="#555" font-size="11">',
    ...marks,
    `<text x="${arrowX + 34}" y="${y + 4}">${escaped(arrowInWords)}</text>`,
    `<text x="${stubX + 14}" y="${y + 4}">${stubInWords}</text>`,
    '</g>',
    '<g fill="none">',
    drawn(arrowStrokes([arrowX, y], [arrowX + 30, y]), '#555'),
    drawn(stubStrokes([stubX, y + 11], top), '#555'),
    '</g>',
  ].join('\n');
}

function horizontally(causality: Causality, from: number, to: number): (event: number) => number {
  const times = causality.lanes.flatMap(({ events }) =>
    [events[0], events.at(-1)].flatMap((one) => (one ? [one.atMs] : [])),
  );
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const scale = last > first ? (to - from) / (last - first) : 0;
  return (event) => from + (causality.eventAt(event).atMs - first) * scale;
}
