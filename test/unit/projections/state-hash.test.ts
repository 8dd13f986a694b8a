import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowDigest, StateHash } from '../../../src/projections/state-hash.ts';

const anyRows = fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 20 });

function hashOf(rows: readonly (readonly [string, string])[], start?: string): string {
  const hash = new StateHash(start);
  for (const [key, text] of rows) hash.add(rowDigest(key, text));
  return hash.hex;
}

describe('the state hash', () => {
  it('of no rows is zero', () => {
    expect(new StateHash().hex).toBe('0'.repeat(64));
  });

  it('does not depend on the order of the rows (P2)', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        expect(hashOf(rows.toReversed())).toBe(hashOf(rows));
        expect(hashOf(rows.toSorted())).toBe(hashOf(rows));
      }),
    );
  });

  it('goes on from where it was written down', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (a, b) => {
        expect(hashOf(b, hashOf(a))).toBe(hashOf([...a, ...b]));
      }),
    );
  });

  it('forgets a row that is subtracted, and no other', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (kept, gone) => {
        const hash = new StateHash(hashOf([...gone, ...kept]));
        for (const [key, text] of gone) hash.subtract(rowDigest(key, text));
        expect(hash.hex).toBe(hashOf(kept));
      }),
    );
  });

  it('tells a row that is there twice from one that is there once or never', () => {
    const row = ['k', 'v'] as const;
    expect(new Set([hashOf([]), hashOf([row]), hashOf([row, row])]).size).toBe(3);
  });

  it('tells a key from its text', () => {
    expect(hashOf([['ab', 'c']])).not.toBe(hashOf([['a', 'bc']]));
    expect(hashOf([['a', '']])).not.toBe(hashOf([['', 'a']]));
  });

  it('of known rows is what it always was: eight sums of 32 bits, lowest byte first', () => {
    const first = ['name/alice', '"u-1"'] as const;
    expect(hashOf([first])).toBe('3e976af23df87cfa268142f68c0384c1a6e755d2902b772bb473b475b8d28607');
    const rows = [first, ['name/bob', '"u-2"'], ['user/u-1', '{}']] as const;
    expect(hashOf(rows)).toBe('b107ecdcbd7f196a854411af93cbd60772de2721740fa5e3bbcbf6fc1ef49db7');
  });
});
