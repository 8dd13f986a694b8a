/**
 * How wide a text stands on a terminal. A letter as people see it (a grapheme) is what is counted, wrapped and edited:
 * it may be several code points, and take no column, one or two.
 */
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Letters of one column each, boxes and blocks among them: they need no looking up. */
const simple = /^[\x20-\x7e\u2500-\u259f]*$/;

/** Whether each of its characters is a letter of one column. */
export function isSimple(text: string): boolean {
  return simple.test(text);
}

export function graphemes(text: string): string[] {
  if (isSimple(text)) return text.split('');
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Columns that a text takes; it holds no control characters (see `visible`). */
export function widthOf(text: string): number {
  return isSimple(text) ? text.length : stringWidth(text);
}

/** As much of the beginning as fits. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let taken = '';
  let used = 0;
  for (const letter of graphemes(text)) {
    used += widthOf(letter);
    if (used > width) break;
    taken += letter;
  }
  return taken;
}
