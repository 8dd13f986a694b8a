/** Matches in a simulated cluster whose leaders die: whatever players were told of a score stands. */
import { expect, it } from 'vitest';
import { type Match, playMatch } from './match.ts';

const matches = 6;

it(`points stand, in ${matches} matches whose leaders are killed, paused and cut off (P2, P3, P7)`, async () => {
  const all: Match[] = [];
  for (let seed = 1; seed <= matches; seed++) all.push(await playMatch(seed));
  for (const match of all) expect(match.problems, `match ${match.seed}`).toEqual([]);
  expect(Math.max(...all.map(({ epochs }) => epochs))).toBeGreaterThan(2);
});
