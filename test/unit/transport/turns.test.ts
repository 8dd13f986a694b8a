import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { turnOf } from '../../../src/transport/turns.ts';

const nodes = fc.uniqueArray(fc.stringMatching(/^n\d{1,3}$/), { minLength: 1, maxLength: 9 });

describe('turns', () => {
  it('are different for all who hear the same others, and the same whoever asks', () => {
    fc.assert(
      fc.property(nodes, fc.string(), (all, question) => {
        const turns = all.map((node) => turnOf(question, node, all));
        expect(turns.toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index));
      }),
    );
  });

  it('change hands from question to question', () => {
    const first = Array.from({ length: 300 }, (_, question) =>
      ['n1', 'n2', 'n3'].find((node) => turnOf(`${question}`, node, ['n1', 'n2', 'n3']) === 0),
    );
    for (const node of ['n1', 'n2', 'n3'])
      expect(first.filter((other) => other === node).length).toBeGreaterThan(60);
  });

  it('are nobody else’s for a node that hears nobody', () => {
    expect(turnOf('any', 'n1', [])).toBe(0);
  });
});
