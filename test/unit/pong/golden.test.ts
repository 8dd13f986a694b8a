/** A match as it was recorded by rules 1: it is played back for ever, to the same end. */
import { expect, it } from 'vitest';
import { gameHash } from '../../../src/pong/codec.ts';
import { type Game, newGame, RULES } from '../../../src/pong/game.ts';
import { playedBack } from '../../../src/pong/recording.ts';

const seed = 605_523_553;
const records = [
  {
    to: 1012,
    play: 'VwD4+PhOEyILKg8mCygDMglYDVQJWA1VAkz4bAMHPSEOBCEIKQwlDCUMJQwlCPiwAg0H+EkDDA4bFh8WHxYfFh9iBhMdAjgbEBEgESANJBEgESJPFhceYzPycP8wSMxth6SLgOgVSZMjuhb/F5ooZbCBTL/3EfiWPOBQP7I=',
  },
  { to: 1305, play: 'IgASFQMcOvgGCyoLKgsqDyYLKgsoAx7VBRAdFB0UHRQdFB0QO1Dc2cE8OQDT06EhWeI=' },
  {
    to: 2374,
    play: 'dwAQFfh0CSgNJAkoCSgJKQIoD/iEAyUNEggZFB0UHRQdFB0UHRQdMDAZGAMyBhEHGhsaHxYfFhsaMwcKJx4XHhQDGRYFDCUMJQwlDCUMJQwlDCQDPgn4RQI8F/gIA00OCxJSDyYPJhMhAivIBAkkAyISMWMHDiPCBoFdrIMkowUvl95TpQVYA+UKVQIilALW36MhL3uVHSOymul13Nr7Cdk=',
  },
] as const;

it('a match of before leads to the score that it had', () => {
  expect(RULES).toBe(1);
  const game = records.reduce<Game>(playedBack, newGame(seed, 2));
  expect(game).toMatchObject({ phase: 'over', tick: 2_374, score: [2, 1] });
  expect(gameHash(game)).toBe('d909fbdad1296cf0');
});
