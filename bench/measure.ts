/** Measuring: bounded load, percentiles, and rows that people and programs can read. */

export interface Load {
  /** Operations per second. */
  readonly perSecond: number;
  /** Latencies in milliseconds, sorted. */
  readonly latenciesMs: readonly number[];
}

/** Keeps `inFlight` operations going until `count` are done. */
export async function load(
  inFlight: number,
  count: number,
  operation: (index: number) => Promise<unknown>,
): Promise<Load> {
  const latenciesMs: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      const begunMs = performance.now();
      await operation(index);
      latenciesMs.push(performance.now() - begunMs);
    }
  };
  const begunMs = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  const perSecond = (1_000 * count) / (performance.now() - begunMs);
  return { perSecond, latenciesMs: latenciesMs.sort((a, b) => a - b) };
}

export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

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

/** To three significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
