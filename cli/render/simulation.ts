/** What a simulation found, as text and as rows. */
import type { Fault } from '../../src/simulation/faults.ts';
import { type Safeguard, safeguards } from '../../src/simulation/safeguards.ts';
import type { Shrunk } from '../../src/simulation/shrink.ts';
import type { SimulationResult } from '../../src/simulation/simulate.ts';
import { count } from './text.ts';

export interface Pace {
  readonly seeds: number;
  readonly virtualMs: number;
  readonly realMs: number;
}

const linesMax = 80;

export function runRow({ seed, digest, virtualMs, settledMs, plan, counts }: SimulationResult): object {
  return {
    seed,
    digest,
    virtual_ms: Math.round(virtualMs),
    settled_ms: Math.round(settledMs),
    faults: plan.length,
    ...counts,
  };
}

export function paceRow({ seeds, virtualMs, realMs }: Pace): object {
  return {
    seeds,
    virtual_s: Math.round(virtualMs / 1000),
    real_s: Math.round(realMs / 100) / 10,
    virtual_s_per_s: Math.round(virtualMs / realMs),
  };
}

export function renderPace({ seeds, virtualMs, realMs }: Pace): string {
  const [virtual, real] = [(virtualMs / 1000).toFixed(0), (realMs / 1000).toFixed(1)];
  return `${count(seeds, 'seed')}, ${virtual} virtual seconds in ${real} s (${Math.round(virtualMs / realMs)} a second)`;
}

export function failedRow(first: SimulationResult, { result, runs }: Shrunk): object {
  const { seed, digest, broken, plan } = first;
  const shortest = {
    ...result.broken,
    plan: result.plan,
    duration_ms: result.durationMs,
    trace: result.lines,
  };
  return { seed, digest, broken, faults: plan.length, shrunk_in: runs, shortest };
}

export function renderFailed(
  { seed, broken, plan }: SimulationResult,
  { result, runs }: Shrunk,
  without: Safeguard | undefined,
): string {
  const option = without ? ` --without ${without}` : '';
  return [
    `seed ${seed} breaks ${broken?.promise}: ${broken?.what}`,
    `again: verbatim simulate --seed ${seed}${option}`,
    `shortest found in ${count(runs, 'run')}, with ${result.plan.length} of ${count(plan.length, 'fault')}:`,
    ...result.plan.map((fault) => `  ${renderFault(fault)}`),
    `which breaks ${result.broken?.promise}: ${result.broken?.what}`,
    ...result.lines.slice(-linesMax).map((line) => `  ${line}`),
  ].join('\n');
}

function renderFault({ atMs, kind, moment, ...details }: Fault): string {
  const when = moment === 'now' ? '' : ` (${moment})`;
  const how = Object.entries(details).map(([name, value]) => `${name} ${shown(value)}`);
  return `${(atMs / 1000).toFixed(3)} s${when} ${kind} ${how.join(', ')}`;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : String(value);
}

/** As it stands in docs/testing.md. */
export const renderTable = {
  head: '| without | which means that | seeds until noticed | promise |\n| --- | --- | --- | --- |',
  row: (safeguard: Safeguard, tried: number, caught: SimulationResult | undefined) => {
    const found = caught?.broken ? `${tried} | ${caught.broken.promise}` : `not within ${tried} | –`;
    return `| ${safeguard} | ${safeguards[safeguard]} | ${found} |`;
  },
};
