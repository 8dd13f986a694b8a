/**
 * The space-time diagram in a browser: a lane a machine, an arrow a message. Whatever is pointed at shows its causal past, and
 * everything else steps back. Drawn on a canvas: ten thousand events would be too many elements.
 */
import { Causality, type Lane } from '../../../src/labs/clocks/core/causality.ts';
import { nameOf } from '../../../src/labs/clocks/core/entry.ts';
import {
  arrowStrokes,
  markOf,
  type Point,
  type Stroke,
  stubStrokes,
} from '../../../src/labs/clocks/core/marks.ts';
import { colourOf, ticksUpTo } from '../../../src/labs/clocks/core/svg.ts';
import { button, element } from './elements.ts';
import { legend } from './legend.ts';
import { fitted, margin, moved, type View, xOf, zoomed } from './view.ts';

interface Data {
  readonly title: string;
  readonly note: string;
  readonly lanes: readonly Lane[];
}

const reachPx = 10;
const zoomStep = 1.4;
const panPx = 120;

// Written by the command, on the same page.
const data = JSON.parse(document.getElementById('data')!.textContent ?? '') as Data;
const causality = new Causality(data.lanes);
const events = Array.from({ length: causality.size }, (_, event) => event);
const at = events.map((event) => causality.eventAt(event));
const missed = events.map((event) => causality.missedBy(event));
const marks = new Map(at.map(({ kind }) => [kind, new Path2D(markOf(kind))]));
const startMs = Math.min(...data.lanes.flatMap(({ events: [first] }) => (first ? [first.atMs] : [])));

const axes = {
  time: { label: 'seconds', values: Float64Array.from(at, ({ atMs }) => (atMs - startMs) / 1_000) },
  clock: { label: 'Lamport clock', values: Float64Array.from(at, ({ clock }) => clock) },
};
let axis: keyof typeof axes = 'time';
let chosen: number | undefined;
let past: Uint8Array | undefined;
let view: View;

const canvas = element('canvas', { tabIndex: 0 });
canvas.setAttribute('role', 'img');
canvas.setAttribute(
  'aria-label',
  `${data.title}: ${causality.size} events. Arrow keys go from event to event.`,
);
const told = element('output', { id: 'told' });
told.setAttribute('aria-live', 'polite');
const axisButton = button('by clock', 'lay events out by time or by Lamport clock (c)', switchAxis);
document.body.append(
  element(
    'header',
    {},
    element('h1', { textContent: data.title }),
    element('p', { textContent: data.note }),
    element(
      'nav',
      {},
      button('+', 'zoom in (+)', () => zoom(zoomStep)),
      button('−', 'zoom out (-)', () => zoom(1 / zoomStep)),
      button('all', 'show everything (0)', showAll),
      axisButton,
    ),
    legend(
      new Set(at.map(({ kind }) => kind)),
      missed.some(({ length }) => length > 0),
    ),
  ),
  canvas,
  told,
);
const pen = canvas.getContext('2d')!;
const colours = getComputedStyle(document.body);

function laneY(lane: number): number {
  const height = canvas.clientHeight - margin.top - margin.bottom;
  return margin.top + (height * (lane + 0.5)) / causality.lanes.length;
}

let isDue = false;
function redraw(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

function draw(): void {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = '12px sans-serif';
  drawScale(width, height);
  drawRails(width);
  const xs = axes[axis].values.map((value) => xOf(view, value));
  for (const isPast of past ? [false, true] : [true]) {
    drawMessages(xs, width, isPast);
    drawDots(xs, width, isPast);
  }
  document.body.dataset.drawn = String(causality.size);
  document.body.dataset.shownMs ??= performance.now().toFixed(); // since the page was opened
}

function drawScale(width: number, height: number): void {
  const span = (width - margin.left) / view.scale;
  const [step = 1] = ticksUpTo(span, 8).slice(1);
  pen.fillStyle = colours.getPropertyValue('--quiet');
  pen.textAlign = 'center';
  for (let value = Math.ceil(view.first / step) * step; value < view.first + span; value += step) {
    pen.fillText(String(Number(value.toPrecision(8))), xOf(view, value), height - 20);
  }
  pen.textAlign = 'left';
  pen.fillText(axes[axis].label, margin.left, height - 5);
}

function drawRails(width: number): void {
  for (const [lane, { name }] of causality.lanes.entries()) {
    pen.fillStyle = colourOf(lane);
    pen.fillText(name.slice(0, 12), 6, laneY(lane) + 4, margin.left - 12);
    pen.strokeStyle = colours.getPropertyValue('--rail');
    stroke([
      [
        [margin.left, laneY(lane)],
        [width, laneY(lane)],
      ],
    ]);
  }
}

function stroke(strokes: readonly Stroke[]): void {
  pen.beginPath();
  for (const points of strokes) {
    for (const [index, [x, y]] of points.entries()) index === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y);
  }
  pen.stroke();
}

/** Of the past of what is chosen, or of all else, faintly. */
function drawMessages(xs: Float64Array, width: number, isPast: boolean): void {
  pen.globalAlpha = isPast ? 0.7 : 0.12;
  const isOutside = (x1: number, x2: number) => Math.max(x1, x2) < margin.left || Math.min(x1, x2) > width;
  const place = (event: number): Point => [xs[event]!, laneY(causality.laneOf(event))];
  for (const event of events) {
    if (isShown(event) !== isPast) continue;
    pen.strokeStyle = colourOf(causality.laneOf(event));
    if (!isOutside(xs[event]!, xs[event]!))
      for (const lane of missed[event]!) stroke(stubStrokes(place(event), laneY(lane)));
    const sender = causality.senderOf(event);
    if (sender === undefined || isOutside(xs[sender]!, xs[event]!)) continue;
    pen.strokeStyle = colourOf(causality.laneOf(sender));
    stroke(arrowStrokes(place(sender), place(event)));
  }
  pen.globalAlpha = 1;
}

function drawDots(xs: Float64Array, width: number, isPast: boolean): void {
  pen.globalAlpha = isPast ? 1 : 0.2;
  for (const event of events) {
    const x = xs[event]!;
    if (isShown(event) !== isPast || x < margin.left - 5 || x > width + 5) continue;
    const lane = causality.laneOf(event);
    pen.fillStyle = colourOf(lane);
    const size = event === chosen ? 2 : 1;
    pen.save();
    pen.translate(x, laneY(lane));
    pen.scale(size, size);
    pen.fill(marks.get(at[event]!.kind)!);
    pen.restore();
  }
  pen.globalAlpha = 1;
}

function isShown(event: number): boolean {
  return past === undefined || past[event] === 1;
}

function choose(event: number | undefined): void {
  if (event === chosen) return;
  chosen = event;
  past = event === undefined ? undefined : causality.pastOf(event);
  told.textContent = event === undefined ? '' : describe(event);
  redraw();
}

function describe(event: number): string {
  const { atMs, clock, what } = at[event]!;
  const before = past!.reduce((sum, one) => sum + one, -1);
  const seconds = ((atMs - startMs) / 1_000).toFixed(3);
  const missing = missed[event]!.map((lane) => causality.lanes[lane]!.name);
  const lost = missing.length > 0 ? `, never received by ${missing.join(',')}` : '';
  return `${nameOf(causality.nameOf(event))}: ${what}${lost}; clock ${clock}, at ${seconds} s; ${before} of ${causality.size} events lie in its past`;
}

/** The event that is nearest to a point, within reach. */
function under(x: number, y: number): number | undefined {
  let [best, nearest] = [reachPx, undefined as number | undefined];
  for (const event of events) {
    const distance = Math.hypot(xOf(view, axes[axis].values[event]!) - x, laneY(causality.laneOf(event)) - y);
    if (distance < best) [best, nearest] = [distance, event];
  }
  return nearest;
}

function look(next: View): void {
  view = next;
  redraw();
}

function zoom(factor: number, x = canvas.clientWidth / 2): void {
  look(zoomed(view, factor, x));
}

function showAll(): void {
  const { values } = axes[axis];
  const [least, most] = [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  look(causality.size === 0 ? fitted(0, 1, canvas.clientWidth) : fitted(least, most, canvas.clientWidth));
}

function switchAxis(): void {
  axisButton.textContent = `by ${axis}`;
  axis = axis === 'time' ? 'clock' : 'time';
  showAll();
}

/** From event to event by keys: along the lane, or to the other end of a message. */
function step(by: number): void {
  const next = chosen === undefined ? 0 : chosen + by;
  if (next < 0 || next >= causality.size) return;
  choose(next);
  const x = xOf(view, axes[axis].values[next]!);
  if (x < margin.left || x > canvas.clientWidth) look(moved(view, canvas.clientWidth / 2 - x));
}

const keys: Readonly<Record<string, () => void>> = {
  '+': () => zoom(zoomStep),
  '-': () => zoom(1 / zoomStep),
  '0': showAll,
  c: switchAxis,
  ArrowRight: () => step(1),
  ArrowLeft: () => step(-1),
  ArrowUp: () => {
    const sender = chosen === undefined ? undefined : causality.senderOf(chosen);
    if (sender !== undefined) step(sender - chosen!);
  },
  PageDown: () => look(moved(view, -panPx)),
  PageUp: () => look(moved(view, panPx)),
  Escape: () => choose(undefined),
};

document.addEventListener('keydown', (event) => {
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
canvas.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    zoom(event.deltaY < 0 ? zoomStep : 1 / zoomStep, event.offsetX);
  },
  { passive: false },
);
canvas.addEventListener('pointerdown', (event) => {
  canvas.setPointerCapture(event.pointerId);
  choose(under(event.offsetX, event.offsetY)); // a finger points at nothing before
});
canvas.addEventListener('pointermove', (event) => {
  if (event.buttons & 1) look(moved(view, event.movementX));
  else choose(under(event.offsetX, event.offsetY));
});
canvas.addEventListener('pointerleave', ({ pointerType }) => {
  if (pointerType === 'mouse') choose(undefined);
});
window.addEventListener('resize', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
showAll();
