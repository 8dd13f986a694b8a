/** A space-time diagram that stands still: time goes to the right, a lane a machine, an arrow a message. */
import type { Causality } from './causality.ts';
import { nameOf } from './entry.ts';
import { colourOf, escaped, px, svg } from './svg.ts';

const left = 70;
const top = 50;
const laneHeight = 70;
/** Between events, on average; a diagram grows no wider than a browser draws. */
const gap = 12;
const widthMax = 16_000;

export function diagramSvg(causality: Causality, title: string): string {
  const { lanes, size } = causality;
  const busiest = Math.max(1, ...lanes.map(({ events }) => events.length));
  const width = Math.min(widthMax, Math.max(600, left + gap * busiest + 40));
  const x = horizontally(causality, left, width - 40);
  const y = (lane: number) => top + laneHeight * lane + laneHeight / 2;
  const arrows: string[] = [];
  const dots: string[] = [];
  for (let event = 0; event < size; event++) {
    const lane = causality.laneOf(event);
    const { clock, what } = causality.eventAt(event);
    const sender = causality.senderOf(event);
    if (sender !== undefined) {
      const [from, colour] = [causality.laneOf(sender), colourOf(causality.laneOf(sender))];
      arrows.push(`<path d="M${px(x(sender))} ${y(from)}L${px(x(event))} ${y(lane)}" stroke="${colour}"/>`);
    }
    const told = `${nameOf(causality.nameOf(event))} clock ${clock}: ${what}`;
    dots.push(
      `<circle cx="${px(x(event))}" cy="${y(lane)}" r="3" fill="${colourOf(lane)}"><title>${escaped(told)}</title></circle>`,
    );
  }
  const rails = lanes.map(
    ({ name }, lane) =>
      `<text x="8" y="${y(lane) + 4}" fill="${colourOf(lane)}">${escaped(name)}</text><line x1="${left}" x2="${width - 20}" y1="${y(lane)}" y2="${y(lane)}" stroke="#ccc"/>`,
  );
  const height = top + laneHeight * lanes.length + 20;
  return svg(width, height, title, [
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="24" font-size="15">${escaped(title)}</text>`,
    ...rails,
    `<g fill="none" stroke-opacity="0.55">${arrows.join('\n')}</g>`,
    ...dots,
  ]);
}

function horizontally(causality: Causality, from: number, to: number): (event: number) => number {
  const times = causality.lanes.flatMap(({ events }) =>
    [events[0], events.at(-1)].flatMap((one) => (one ? [one.atMs] : [])),
  );
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const scale = last > first ? (to - from) / (last - first) : 0;
  return (event) => from + (causality.eventAt(event).atMs - first) * scale;
}
