/** A picture in half blocks: two pixels a letter, one above the other, and text over it. */
import { type Line, type Span, type Style, span } from '../tui/spans.ts';

/** Of a pixel; 0 is none. Where two meet in one letter, the higher one colours both. */
export type Ink = 0 | 1 | 2 | 3 | 4;

const empty: Ink = 0;

export class Canvas {
  readonly columns: number;
  readonly rows: number;
  readonly #pixels: Uint8Array;
  readonly #texts: {
    readonly row: number;
    readonly column: number;
    readonly text: string;
    readonly style: Style;
  }[] = [];

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#pixels = new Uint8Array(columns * rows * 2);
  }

  get height(): number {
    return 2 * this.rows;
  }

  /** What lies outside is cut off; of the rest at least one pixel is seen. In pixels, with parts of them. */
  fill(left: number, top: number, right: number, bottom: number, ink: Ink): void {
    const [x0, x1] = covered(left, right, this.columns);
    const [y0, y1] = covered(top, bottom, this.height);
    for (let y = y0; y < y1; y++) this.#pixels.fill(ink, y * this.columns + x0, y * this.columns + x1);
  }

  /** Letters of one column each. */
  write(row: number, column: number, text: string, style: Style = {}): void {
    const from = Math.max(0, column);
    const fitting = text.slice(from - column, Math.max(0, this.columns - column));
    if (row >= 0 && row < this.rows && fitting !== '')
      this.#texts.push({ row, column: from, text: fitting, style });
  }

  lines(styles: Readonly<Record<Ink, Style>>): Line[] {
    return Array.from({ length: this.rows }, (_, row) => this.#line(row, styles));
  }

  #line(row: number, styles: Readonly<Record<Ink, Style>>): Line {
    const texts = this.#texts
      .filter((one) => one.row === row)
      .sort((one, other) => one.column - other.column);
    const spans: Span[] = [];
    let column = 0;
    for (const { column: from, text, style } of texts) {
      if (from < column) continue; // something is written there already
      spans.push(...this.#blocks(row, column, from, styles), span(text, style));
      column = from + text.length;
    }
    return [...spans, ...this.#blocks(row, column, this.columns, styles)];
  }

  #blocks(row: number, from: number, to: number, styles: Readonly<Record<Ink, Style>>): Span[] {
    const spans: Span[] = [];
    let text = '';
    let before: Ink = empty;
    for (let column = from; column < to; column++) {
      const above = this.#pixels[2 * row * this.columns + column] as Ink; // only inks are put there
      const below = this.#pixels[(2 * row + 1) * this.columns + column] as Ink;
      const ink = above > below ? above : below;
      if (ink !== before && text !== '') {
        spans.push(span(text, styles[before]));
        text = '';
      }
      text += above && below ? '█' : above ? '▀' : below ? '▄' : ' ';
      before = ink;
    }
    if (text !== '') spans.push(span(text, styles[before]));
    return spans;
  }
}

function covered(from: number, to: number, size: number): [number, number] {
  const first = Math.round(from);
  return [Math.max(0, first), Math.min(size, Math.max(first + 1, Math.round(to)))];
}
