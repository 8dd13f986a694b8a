import { describe, expect, it } from 'vitest';
import { checkHashes } from '../../../src/checkers/hashes.ts';

const at = (frame: number, state: string, version = 1) => ({ frame, state, version });

describe('state hashes (P2)', () => {
  it('are fine where they are equal at equal frames, whichever frames nodes were seen at', () => {
    const nodes = [
      { node: 'n1', hashes: [at(1, 'a'), at(2, 'b'), at(5, 'e'), at(5, 'e')] },
      { node: 'n2', hashes: [at(2, 'b'), at(5, 'e')] },
      { node: 'n3', hashes: [at(3, 'c')] },
    ];
    expect(checkHashes(nodes)).toEqual([]);
  });

  it('are not compared across versions of the projections', () => {
    const nodes = [
      { node: 'n1', hashes: [at(2, 'b', 1)] },
      { node: 'n2', hashes: [at(2, 'x', 2)] },
    ];
    expect(checkHashes(nodes)).toEqual([]);
  });

  it('that differ are found, at each frame, with who they are', () => {
    const nodes = [
      { node: 'n1', hashes: [at(1, 'a'), at(2, 'b'), at(3, 'c')] },
      { node: 'n2', hashes: [at(1, 'a'), at(2, 'x'), at(3, 'c')] },
      { node: 'n3', hashes: [at(3, 'x')] },
    ];
    expect(checkHashes(nodes)).toEqual([
      {
        promise: 'P2',
        what: 'n1 and n2 differ at frame 2',
        evidence: [
          { node: 'n1', ...at(2, 'b') },
          { node: 'n2', ...at(2, 'x') },
        ],
      },
      expect.objectContaining({ what: 'n1 and n3 differ at frame 3' }),
    ]);
  });

  it('of one node that change at a frame are found', () => {
    const [found] = checkHashes([{ node: 'n1', hashes: [at(7, 'a'), at(7, 'b')] }]);
    expect(found?.what).toBe('n1 has two states at frame 7');
  });
});
