import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Layer, mergeLayers, numberKey, type Rows, Table } from '../../../src/projections/rows.ts';
import { PlainRows } from '../../support/plain-rows.ts';
import { anyRowStep, changingKeys, type RowStep, takeStep } from '../../support/row-changes.ts';

const noRows: Rows = { get: () => undefined };
const anyLayers = fc.array(fc.array(anyRowStep, { maxLength: 8 }), { minLength: 1, maxLength: 5 });

/** The same steps into layers upon one another and into one plain map. */
function takeSteps(lists: readonly RowStep[][]): { layers: Layer[]; plain: PlainRows; lasting: string[] } {
  const plain = new PlainRows();
  const layers: Layer[] = [];
  const lasting: string[] = [];
  for (const [index, steps] of lists.entries()) {
    const layer = new Layer(layers.at(-1) ?? noRows);
    for (const [at, step] of steps.entries()) {
      const key = `lasting/${index}/${at}`;
      takeStep(layer, step, key);
      takeStep(plain, step, key);
      if (step.do === 'add') lasting.push(key);
    }
    layers.push(layer);
  }
  return { layers, plain, lasting };
}

describe('a layer', () => {
  let base: Layer;
  let layer: Layer;

  beforeEach(() => {
    base = new Layer(noRows);
    base.put('a', 'below');
    layer = new Layer(base);
  });

  it('shows what is below it, until it says otherwise', () => {
    expect(layer.get('a')).toBe('below');
    layer.put('a', 'above');
    expect(layer.get('a')).toBe('above');
    expect(base.get('a')).toBe('below');
  });

  it('hides what it deleted, and shows it again when it is put again', () => {
    layer.delete('a');
    expect(layer.get('a')).toBeUndefined();
    expect(base.get('a')).toBe('below');
    layer.put('a', 'again');
    expect(layer.get('a')).toBe('again');
  });

  it('shows a lasting row that it added', () => {
    layer.add('l', 1);
    expect(layer.get('l')).toBe(1);
    expect(base.get('l')).toBeUndefined();
  });

  it('lets a lasting row grow that it added itself, and no other', () => {
    base.add('below', ['x']);
    layer.add('l', ['x']);
    (layer.added('l') as string[]).push('y');
    expect(layer.get('l')).toEqual(['x', 'y']);
    expect(layer.added('below')).toBeUndefined();
  });

  it('knows a row whose value is nothing much: 0 and the empty text', () => {
    layer.put('a', 0);
    layer.add('l', '');
    expect([layer.get('a'), layer.get('l')]).toEqual([0, '']);
  });

  it('that is settled holds nothing any more and shows what is stored', () => {
    const above = new Layer(layer);
    layer.put('a', 'above');
    layer.delete('b');
    const stored = new Layer(noRows);
    stored.put('a', 'stored');
    stored.put('b', 'stored too');
    layer.settle(stored);
    expect([layer.changed.size, layer.additions.size]).toEqual([0, 0]);
    expect([above.get('a'), above.get('b')]).toEqual(['stored', 'stored too']);
  });

  it('upon others shows what one plain map would', () => {
    fc.assert(
      fc.property(anyLayers, (lists) => {
        const { layers, plain, lasting } = takeSteps(lists);
        for (const key of [...changingKeys, ...lasting])
          expect(layers.at(-1)!.get(key)).toEqual(plain.get(key));
      }),
    );
  });
});

describe('layers that are merged', () => {
  it('show what the newest of them showed, without those below', () => {
    fc.assert(
      fc.property(anyLayers, (lists) => {
        const { layers, plain, lasting } = takeSteps(lists);
        const merged = mergeLayers(layers, noRows);
        for (const key of [...changingKeys, ...lasting]) expect(merged.get(key)).toEqual(plain.get(key));
      }),
    );
  });

  it('leave the layers that they were made of as they are', () => {
    fc.assert(
      fc.property(anyLayers, (lists) => {
        fc.pre(lists.length > 1);
        const { layers } = takeSteps(lists);
        const before = layers.map(({ changed, additions }) => [[...changed], [...additions]]);
        mergeLayers(layers, noRows).put('a', 'later');
        expect(layers.map(({ changed, additions }) => [[...changed], [...additions]])).toEqual(before);
      }),
    );
  });

  it('are no rows when there are none', () => {
    const merged = mergeLayers([], noRows);
    expect([merged.changed.size, merged.additions.size]).toEqual([0, 0]);
  });
});

describe('keys', () => {
  const table = new Table<string>('fruit');

  it('belong to one table, and what follows can be told again', () => {
    expect(table.key('u-1', 'x')).toBe('fruit/u-1/x');
    expect(table.rest(table.key('u-1', 'x'), 'u-1')).toBe('x');
    expect(table.rest(table.key('u-1', 'x'))).toBe('u-1/x');
    const rows = new Layer(noRows);
    rows.put(table.key('u-1', 'x'), 'apple');
    expect(table.get(rows, 'u-1', 'x')).toBe('apple');
    expect(table.get(rows, 'u-1')).toBeUndefined();
  });

  it('with numbers sort as the numbers do', () => {
    const number = fc.nat({ max: 999_999_999_999 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(numberKey(a) < numberKey(b)).toBe(a < b);
        expect(Number(numberKey(a))).toBe(a);
      }),
    );
  });
});
