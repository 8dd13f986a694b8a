import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../../src/events/domain.ts';
import {
  clusterAtTail,
  copiesOfCandidate,
  copiesWithin,
  RecentPast,
} from '../../../src/replication/copies.ts';
import { frameAfter } from '../../support/frame-chain.ts';
import { copyOf, electedFrame, firstGeneration, seededFrame, tailAfter } from '../../support/generations.ts';

const three = { copies: 2, wanted: 2, minCopies: 1 };

describe('how many copies make a commit', () => {
  it.each([
    ['stays when as many keep up', three, 2, 2],
    ['stays when more keep up than are wanted', three, 3, 2],
    ['falls to those who keep up', three, 1, 1],
    ['never falls below the fewest (P1)', { ...three, minCopies: 2 }, 1, 2],
    ['rises again when somebody is back', { ...three, copies: 1 }, 2, 2],
    ['rises by as many as are back', { copies: 1, wanted: 3, minCopies: 1 }, 2, 2],
    ['stays when nobody is back', { ...three, copies: 1 }, 1, 1],
    ['falls at once by as many as are dead', { copies: 4, wanted: 4, minCopies: 1 }, 2, 2],
  ])('%s', (_, counts, keepingUp, copies) => {
    expect(copiesWithin(counts, keepingUp)).toBe(copies);
  });

  const anyCounts = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.nat(), fc.nat()).map(([wanted, a, b]) => {
    const minCopies = 1 + (a % wanted);
    return { wanted, minCopies, copies: minCopies + (b % (wanted - minCopies + 1)) };
  });
  const keepingUp = fc.integer({ min: 1, max: 7 });

  it('lies between the fewest and those wanted, counts no node that does not keep up, and then stays (P1)', () => {
    fc.assert(
      fc.property(anyCounts, keepingUp, (counts, alive) => {
        const copies = copiesWithin(counts, alive);
        expect(copies).toBeGreaterThanOrEqual(counts.minCopies);
        expect(copies).toBeLessThanOrEqual(counts.wanted);
        if (alive >= counts.minCopies) expect(copies).toBeLessThanOrEqual(alive);
        expect(copiesWithin({ ...counts, copies }, alive)).toBe(copies);
      }),
    );
  });

  it('is only lowered by a candidate, who does not know yet who keeps up (P1)', () => {
    expect(copiesOfCandidate(three, 1)).toBe(1);
    expect(copiesOfCandidate({ ...three, copies: 1 }, 3)).toBe(1);
    fc.assert(
      fc.property(anyCounts, keepingUp, (counts, alive) => {
        const copies = copiesOfCandidate(counts, alive);
        expect(copies).toBe(Math.min(counts.copies, copiesWithin(counts, alive)));
      }),
    );
  });
});

describe('the end of the log a second ago', () => {
  it('is unknown at first', () => {
    const past = new RecentPast();
    expect(past.note(5, 0)).toBe(0);
    expect(past.note(6, 999)).toBe(0);
    expect(past.note(7, 1_000)).toBe(5);
  });

  it('is the newest that is at least a second old', () => {
    const past = new RecentPast();
    const seen = [0, 250, 500, 750, 1_000, 1_250, 1_500, 4_000, 4_100].map((atMs) => past.note(atMs, atMs));
    expect(seen).toEqual([0, 0, 0, 0, 0, 250, 500, 1_500, 1_500]);
  });
});

describe('the cluster at the end of a copy', () => {
  const opening = firstGeneration(4);

  it('is unknown where there is none', async () => {
    const { copy } = await copyOf([]);
    expect(await clusterAtTail(copy)).toBeUndefined();
  });

  it.each([0, 2, 4])('is the same whether it is committed or not (%s frames are)', async (committed) => {
    const { copy } = await copyOf(opening, { committed });
    expect(copy.mark.number).toBe(committed);
    expect(await clusterAtTail(copy)).toMatchObject({ generation: 1, epoch: 1, leader: 'n1', copies: 2 });
  });

  it('knows of changes that are not committed', async () => {
    const changed: DomainEvent = {
      type: 'CopiesChanged',
      at: 1_000,
      data: { copies: 1, dead: ['n2', 'n3'] },
    };
    const lowered = [...opening, frameAfter(tailAfter(opening), [changed])];
    const elected = [...lowered, electedFrame(tailAfter(lowered), 'n3', 1)];
    const { copy } = await copyOf(elected, { committed: 3 });
    expect(await clusterAtTail(copy)).toMatchObject({ epoch: 2, leader: 'n3', copies: 1, wanted: 2 });
  });

  it('is that of the newest generation', async () => {
    const seeded = seededFrame(tailAfter(opening), 3, { copies: 3, minCopies: 2 });
    const { copy } = await copyOf([...opening, seeded], { committed: 1 });
    expect(await clusterAtTail(copy)).toEqual({
      generation: 3,
      epoch: 2,
      leader: '',
      members: ['n1', 'n2', 'n3'],
      copies: 3,
      wanted: 3,
      minCopies: 2,
    });
  });

  it('leaves the committed rows as they are', async () => {
    const { copy } = await copyOf(opening, { committed: 1 });
    const { stateHash } = copy.rows;
    await clusterAtTail(copy);
    expect(copy.rows.stateHash).toBe(stateHash);
    expect(copy.mark.state).toBe(stateHash);
  });
});
