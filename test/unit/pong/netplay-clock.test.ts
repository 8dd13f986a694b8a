/** How far ahead of the authority a player's clock runs, over networks of every kind. */
import { describe, expect, it } from 'vitest';
import { badWeather, NetworkedMatch, type Weather } from '../../support/pong-network.ts';

describe('a player’s clock', () => {
  it('runs just as far ahead that nearly nothing comes late, whatever the network is like', () => {
    for (const roundTripMs of [2, 60, 150, 300]) {
      const match = new NetworkedMatch(
        3,
        { roundTripMs, jitterMs: 20, stallsPerSecond: 0, stallMsMax: 0 },
        3,
      );
      match.play(6);
      const before = match.players.map(({ late, turns }) => ({ late, turns }));
      match.play(30);
      for (const { side, late, turns, shown } of match.players) {
        const asked = turns - before[side]!.turns;
        expect(asked).toBeGreaterThan(15);
        expect((late - before[side]!.late) / asked).toBeLessThan(0.1);
        expect(shown!.span * (1_000 / 60)).toBeLessThan(roundTripMs + 130);
      }
    }
  });

  it('learns when the network becomes slower', () => {
    const weather: { -readonly [K in keyof Weather]: Weather[K] } = {
      ...badWeather,
      roundTripMs: 30,
      stallsPerSecond: 0,
    };
    const match = new NetworkedMatch(9, weather, 9);
    match.play(10);
    const spanBefore = match.players[0]!.shown!.span;
    weather.roundTripMs = 200;
    match.play(20);
    expect(match.players[0]!.shown!.span).toBeGreaterThan(spanBefore + 8);
  });
});
