/** A match with an interruption, as it was recorded by rules 1: it is played back for ever, to the same end. */
import { expect, it } from 'vitest';
import { gameHash } from '../../../src/pong/codec.ts';
import { type Game, newGame, RULES } from '../../../src/pong/game.ts';
import { playedBack } from '../../../src/pong/recording.ts';

const seed = 605_523_553;
const records = [
  {
    to: 1855,
    play: 'kQD4+PhOEyILKg8mCxAbLhX4eQJk/A/4+Pj4AAMHDV74NRALCisOJw4nDicOJw4nDicOJQJQD/gUG0oJEhMiDyYTIg8mDw0aDzT4eAM9JgYTHicOJw4jEicOIxADbQKdGkDIGwchSm0aGBMLXgcuBkkQBwYj+FEUBxYeEyIPJgsQG04FcQJYaAMHRRpJGiQLB2oq8nBv3v8wv9lIzCrlbYfDmcQmjtZNaSNo/WE6HOBHANqWnGSI6ddoMVn0kGbkb5+ycQCgLrW/eOMYbRB1o5hNvtpFA2UxGX2qOeV2bpuzhb1zC3jbkstHOr4RNG1H0Kkq5idWpT8UOzN4+sPrOdYKnxhZZFgdxkqaVI6NQQ==',
  },
  {
    to: 3329,
    play: 'jAAb+LoPVgtAGxr4oQIFXwcKBCMWHxYfGhsWHxYfFh8WHxYEGglL+FEkJxobHhceFw4mIxIfFh8WHxYYBxc6+CECBVcLDghPDlcOJwoQGwku+A0YApMHFhseFx4XGQYWExz0A0EKGg8mCyoLKgsRGiMEzAM1pBoGFVNxGggfDxIjDicKKAMS+BkCBTcrFCYvrkQJ6q8rKacmur6HDyrRlxqe7DjPe2RoDGAgQy8VXaD+IeBr7kk8uNtpCLajae745ek0eXSRywQLQ6l1G1wTG5ZVA+tyoOLdj38rb2siTN8ugaFPOlUAJaMzivkWArEcTHJH79g6',
  },
] as const;

it('a match of before leads to the score that it had', () => {
  expect(RULES).toBe(1);
  const game = records.reduce<Game>(playedBack, newGame(seed, 2));
  expect(game).toMatchObject({ phase: 'over', tick: 3_329, score: [2, 0] });
  expect(gameHash(game)).toBe('3ad8ef475f8d6a79');
});
