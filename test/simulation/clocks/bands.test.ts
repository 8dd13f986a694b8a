/** Virtual runs beside those of others. */
import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../src/labs/clocks/core/figures.ts';
import { machinesOf, trialOf, usual } from '../../../src/labs/clocks/core/settings.ts';
import { runVirtual } from '../../../src/labs/clocks/core/virtual.ts';
import { seeded } from '../../../src/labs/clocks/virtual-run.ts';
import { type Band, type Figure, figureOf, references } from '../../support/clock-bands.ts';

const seeds = 200;
const insideMin = 0.82 * seeds;

describe('two hundred seeds', () => {
  it.each(references)(
    'with rates $rates, $stamp, internal $internal lie in the bands',
    ({ rates, bands, ...rest }) => {
      const settings = { ...usual, mode: 'virtual' as const, seed: 1, machines: machinesOf(rates), ...rest };
      const runs = Array.from({ length: seeds }, (_, index) => {
        const trial = trialOf(settings, index + 1, seeded);
        return figuresOf(trial, runVirtual(trial, seeded));
      });
      for (const [figure, [least, most]] of Object.entries(bands) as [Figure, Band][]) {
        const inside = runs
          .map((run) => figureOf(run, figure))
          .filter((value) => value >= least && value <= most);
        expect([figure, inside.length >= insideMin, inside.length]).toEqual([figure, true, inside.length]);
      }
    },
  );
});
