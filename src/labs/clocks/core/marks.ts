/**
 * How a space-time diagram shows what is what, on a page and in an SVG alike: a mark for each kind of event, an arrow with
 * a head for each message, and a stub with a cross where one was sent and never received.
 */
import type { EventKind } from './entry.ts';

/** Outlines around the origin, in SVG's words. */
const disc = (radius: number) =>
  `M${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
const marks: Readonly<Record<EventKind, string>> = {
  received: disc(3.4),
  sent: 'M-3-3h6v6h-6z',
  broadcast: 'M0-5L5 0L0 5L-5 0z',
  internal: disc(1.6),
};

/** @param kind undefined: a diagram that knows no kinds. */
export function markOf(kind: EventKind | undefined): string {
  return kind ? marks[kind] : disc(3);
}

/** What each kind is called where marks are explained. */
export const kindsInWords: readonly (readonly [kind: EventKind, words: string])[] = [
  ['internal', 'internal'],
  ['sent', 'sent to one'],
  ['broadcast', 'sent to all'],
  ['received', 'received'],
];
export const arrowInWords = "a message, in its sender's colour, to where it was received";
export const stubInWords = 'sent, and not received before the end';

export type Point = readonly [x: number, y: number];
/** Points that are connected. */
export type Stroke = readonly Point[];

const [headPx, headHalfPx, beforeMarkPx] = [7, 3, 4];

/** A line, and its head just before the mark that it points to. */
export function arrowStrokes([x1, y1]: Point, [x2, y2]: Point): readonly Stroke[] {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const at = (back: number, aside: number): Point => [
    x2 - back * dx - aside * dy,
    y2 - back * dy + aside * dx,
  ];
  const barb = beforeMarkPx + headPx;
  return [
    [
      [x1, y1],
      [x2, y2],
    ],
    [at(barb, headHalfPx), at(beforeMarkPx, 0), at(barb, -headHalfPx)],
  ];
}

const [stubPx, slantPx, crossPx] = [22, 5, 2.5];

/** A short way towards the lane that it was meant for, ended by a cross. */
export function stubStrokes([x, y]: Point, laneY: number): readonly Stroke[] {
  const [endX, endY] = [x + slantPx, y + Math.sign(laneY - y) * stubPx];
  const cross = (side: number): Stroke => [
    [endX - crossPx, endY - side * crossPx],
    [endX + crossPx, endY + side * crossPx],
  ];
  return [
    [
      [x, y],
      [endX, endY],
    ],
    cross(1),
    cross(-1),
  ];
}
