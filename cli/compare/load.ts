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

/** Of an even number of values the middle between those two that are in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((below ?? Number.NaN) + (above ?? Number.NaN)) / 2;
}

/** @returns undefined where it is lost among what else a process takes and gives back. */
export function memoryOf(kb: number | undefined): number | undefined {
  return kb !== undefined && kb > 0 ? round(kb) : undefined;
}

/** To three significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
