/** Rows that people and programs can read. */

import { quantile, round } from '../cli/compare/load.ts';

export { type Load, load, median, quantile, round } from '../cli/compare/load.ts';

export type Row = Readonly<Record<string, string | number>>;

/** How long something took, several times. */
export function timesRow(what: string, valuesMs: readonly number[]): Row {
  const sorted = [...valuesMs].sort((a, b) => a - b);
  const at = (q: number) => round(quantile(sorted, q));
  return {
    what,
    times: sorted.length,
    min_ms: at(0),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    max_ms: round(sorted.at(-1) ?? Number.NaN),
  };
}

/** JSON lines on standard output where asked for, else a table. */
export function print(title: string, rows: readonly Row[], isJson: boolean): void {
  if (isJson) {
    for (const row of rows) process.stdout.write(`${JSON.stringify({ bench: title, ...row })}\n`);
    return;
  }
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  const lines = cells.map((line) => line.map((cell, index) => cell.padStart(widths[index]!)).join('  '));
  process.stdout.write(`\n${title}\n${lines.join('\n')}\n`);
}
