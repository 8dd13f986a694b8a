/** Numbers large enough to be read from across the room. */
import type { Canvas, Ink } from './canvas.ts';

/** Three pixels wide and five high: a row of three bits each. */
const shapes: readonly (readonly number[])[] = [
  [7, 5, 5, 5, 7],
  [2, 6, 2, 2, 7],
  [7, 1, 7, 4, 7],
  [7, 1, 7, 1, 7],
  [5, 5, 7, 1, 1],
  [7, 4, 7, 1, 7],
  [7, 4, 7, 5, 7],
  [7, 1, 1, 1, 1],
  [7, 5, 7, 5, 7],
  [7, 5, 7, 1, 7],
];
const width = 3;
const height = 5;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export function sizeOf(value: number, scale: number): Size {
  const count = String(value).length;
  return { width: scale * (count * (width + 1) - 1), height: scale * height };
}

export function drawNumber(
  canvas: Canvas,
  value: number,
  left: number,
  top: number,
  scale: number,
  ink: Ink,
): void {
  [...String(value)].forEach((digit, index) => {
    const x = left + index * (width + 1) * scale;
    shapes[Number(digit)]!.forEach((bits, row) => {
      for (let column = 0; column < width; column++) {
        if (((bits >> (width - 1 - column)) & 1) === 0) continue;
        const [at, y] = [x + column * scale, top + row * scale];
        canvas.fill(at, y, at + scale, y + scale, ink);
      }
    });
  });
}
