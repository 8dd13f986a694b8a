/** Arbitrary changes to a handful of rows, applied to layers and to a plain map alike. */
import fc from 'fast-check';
import type { RowWriter, Value } from '../../src/projections/rows.ts';

export type RowStep =
  | { readonly do: 'put'; readonly key: string; readonly value: Value }
  | { readonly do: 'delete'; readonly key: string }
  | { readonly do: 'add'; readonly value: Value }
  | { readonly do: 'get'; readonly key: string };

export const changingKeys = ['a', 'b', 'c', 'd'];
const key = fc.constantFrom(...changingKeys);
const value: fc.Arbitrary<Value> = fc.oneof(fc.nat(), fc.string(), fc.record({ n: fc.nat() }));

export const anyRowStep: fc.Arbitrary<RowStep> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('put' as const), key, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('add' as const), value }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
);

/** Takes steps; lasting rows get keys that nothing else has, as they must. */
export function takeStep(rows: RowWriter, step: RowStep, lastingKey: string): void {
  switch (step.do) {
    case 'put':
      rows.put(step.key, step.value);
      break;
    case 'delete':
      rows.delete(step.key);
      break;
    case 'add':
      rows.add(lastingKey, step.value);
      break;
    case 'get':
      rows.get(step.key);
      break;
    default:
      step satisfies never;
  }
}
