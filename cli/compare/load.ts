/** Measuring: bounded load, and what its times say. */

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

/** To three significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
