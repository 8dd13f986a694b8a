/** A trial's figures as a table. */
import type { TrialFigures } from '../../src/labs/clocks/core/figures.ts';
import { table } from './table.ts';

const columns = [
  'machine',
  'rate',
  'events',
  'received',
  'sent',
  'both',
  'internal',
  'clock',
  'jump mean',
  'jump max',
  'queue mean',
  'queue max',
  'queue end',
].map((title, index) => ({ title, align: index === 0 ? ('left' as const) : ('right' as const) }));

export function renderFigures({ trial, seed, mode, seconds, machines, drift }: TrialFigures): string {
  const rows = machines.map((machine) => Object.values(machine).map(String));
  return [
    `trial ${trial} (${mode}, seed ${seed}, ${seconds} s): drift ${drift}`,
    ...table(columns, rows).map((line) => `  ${line}`),
  ].join('\n');
}
