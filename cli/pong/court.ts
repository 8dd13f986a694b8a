/** The court with what is on it, in as many letters as there are. Pure. */

import type { Shown } from '../../src/client/pong/seat.ts';
import { court, ticksPerSecond } from '../../src/client/pong.ts';
import type { Line, Style } from '../tui/spans.ts';
import { Canvas, type Ink } from './canvas.ts';
import { drawNumber, sizeOf } from './digits.ts';

const net: Ink = 1;
const inks = { net, left: 2, right: 3, ball: 4 } as const;
const styles: Readonly<Record<Ink, Style>> = {
  0: {},
  1: { dim: true },
  2: { colour: 'cyan' },
  3: { colour: 'magenta' },
  4: { bold: true, colour: 'yellow' },
};

const paddleWidth = 4 * 256;

export interface Message {
  readonly text: string;
  readonly style?: Style;
}

export interface Sight {
  readonly shown: Pick<Shown, 'ball' | 'paddles' | 'score' | 'phase' | 'countdown'>;
  /** In the middle, one below the other. */
  readonly messages: readonly Message[];
  /** At the lower right. */
  readonly aside: readonly string[];
}

export function drawCourt({ shown, messages, aside }: Sight, columns: number, rows: number): Line[] {
  const canvas = new Canvas(columns, rows);
  const [across, down] = [columns / court.width, canvas.height / court.height];
  const box = (x: number, y: number, halfWidth: number, halfHeight: number, ink: Ink) =>
    canvas.fill(
      (x - halfWidth) * across,
      (y - halfHeight) * down,
      (x + halfWidth) * across,
      (y + halfHeight) * down,
      ink,
    );
  drawNet(canvas);
  drawScore(canvas, shown.score);
  const [left, right] = shown.paddles;
  const middle = court.paddleFront - paddleWidth / 2;
  box(middle, left, paddleWidth / 2, court.paddleHalf, inks.left);
  box(court.width - middle, right, paddleWidth / 2, court.paddleHalf, inks.right);
  const { ball, phase, countdown } = shown;
  const isSeen = phase !== 'over' && ball.x >= 0 && ball.x <= court.width;
  if (isSeen) box(ball.x, ball.y, court.ballRadius, court.ballRadius, inks.ball);
  if (countdown > 0 && messages.length === 0) drawCountdown(canvas, Math.ceil(countdown));
  writeMessages(canvas, messages);
  aside.forEach((text, row) => {
    canvas.write(rows - aside.length + row - 1, columns - text.length - 8, ` ${text} `, { inverse: true });
  });
  return canvas.lines(styles);
}

function drawNet(canvas: Canvas): void {
  const middle = Math.floor(canvas.columns / 2);
  for (let y = 0; y < canvas.height; y += 4) canvas.fill(middle, y, middle + 1, y + 2, inks.net);
}

function scaleFor(canvas: Canvas): number {
  return Math.max(1, Math.floor(canvas.height / 40));
}

function drawScore(canvas: Canvas, [left, right]: Shown['score']): void {
  const scale = scaleFor(canvas);
  const gap = Math.max(4, Math.floor(canvas.columns / 14));
  const middle = Math.floor(canvas.columns / 2);
  drawNumber(canvas, left, middle - gap - sizeOf(left, scale).width, 2, scale, inks.net);
  drawNumber(canvas, right, middle + gap + 1, 2, scale, inks.net);
}

function drawCountdown(canvas: Canvas, seconds: number): void {
  const scale = 2 * scaleFor(canvas);
  const { width, height } = sizeOf(seconds, scale);
  const top = Math.floor((canvas.height * 0.7 - height / 2) / 2) * 2;
  drawNumber(canvas, seconds, Math.floor((canvas.columns - width) / 2), top, scale, inks.ball);
}

function writeMessages(canvas: Canvas, messages: readonly Message[]): void {
  const top = Math.floor((canvas.rows - messages.length) / 2);
  messages.forEach(({ text, style = { bold: true } }, index) => {
    const padded = ` ${text} `;
    canvas.write(top + index, Math.floor((canvas.columns - padded.length) / 2), padded, style);
  });
}

/** Before anything was heard of a game: as it will begin. */
export const emptyCourt: Sight['shown'] = {
  ball: { x: court.width / 2, y: court.height / 2 },
  paddles: [court.height / 2, court.height / 2],
  score: [0, 0],
  phase: 'countdown',
  countdown: 0,
};

/** Of ticks, in minutes and seconds. */
export function gameTime(ticks: number): string {
  const seconds = Math.floor(ticks / ticksPerSecond);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
