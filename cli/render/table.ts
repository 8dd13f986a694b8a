/** Columns. */
import { widthOf } from '../tui/width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Lines of a table, the titles first; cells may be coloured. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => widthOf(cells[index] ?? ''))));
  return lines.map((cells) =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const padding = ' '.repeat(widths[index]! - widthOf(cell));
        return align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}
