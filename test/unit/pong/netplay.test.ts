import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Netplay, quietMsMax } from '../../../src/client/pong/netplay.ts';
import { court, type Direction, type Game, newGame, step } from '../../../src/pong/game.ts';
import { type PlayerReport, type Report, ticksPerReport } from '../../../src/pong/messages.ts';
import { badWeather, NetworkedMatch, noWeather } from '../../support/pong-network.ts';

const px = 256;
const quiet: PlayerReport = { taken: 0, lead: 3, echo: 0, late: 0, isAway: false };

function reportOf(game: Game, about: Partial<Report> = {}): Report {
  const from = game.tick - ticksPerReport;
  return {
    epoch: 1,
    from,
    game,
    players: [quiet, quiet],
    committed: game.score,
    changes: new Uint8Array(),
    ...about,
  };
}

/** A game after some time in which nobody moved. */
function played(ticks: number, seed = 7): Game {
  let game = newGame(seed, 5);
  for (let tick = 0; tick < ticks; tick++) game = step(game, { directions: [0, 0] });
  return game;
}

function p95(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(0.95 * values.length)]!;
}

describe('one’s own paddle', () => {
  it('is on its way in the next frame, however far the authority is', () => {
    const match = new NetworkedMatch(1, { ...badWeather, roundTripMs: 400 }, 3);
    match.play(8);
    const [player] = match.players;
    const ms = match.ownMs(0);
    const { play } = player!;
    play.turn(0, ms);
    const before = play.show(ms + 100)!.paddles[0];
    const direction: Direction = before > court.height / 2 ? -1 : 1;
    play.turn(direction, ms + 100);
    const next = play.show(ms + 117)!.paddles[0];
    expect(Math.sign(next - before)).toBe(direction);
  });

  it('moves with the first report, where a key was held before', () => {
    const play = new Netplay(0);
    play.turn(-1, 0);
    play.hear(reportOf(played(200)), 50);
    expect(play.say(60)!.turns).toMatchObject([{ direction: -1 }]);
    expect(play.show(200)!.paddles[0]).toBeLessThan(court.height / 2 - 5 * px);
  });

  it('goes back to where it really is, without a jump, when a turn came too late', () => {
    const play = new Netplay(0);
    let game = played(200);
    play.hear(reportOf(game), 0);
    play.turn(1, 0);
    let largest = 0;
    let before = play.show(0)!.paddles[0];
    for (let ms = 17; ms < 1_500; ms += 17) {
      if (ms % 34 === 0) {
        for (let tick = 0; tick < 2; tick++) game = step(game, { directions: [0, 0] });
        const players = [{ ...quiet, taken: game.tick + 60 }, quiet] as const; // it was taken, and stands still all the same
        play.hear(reportOf(game, { players }), ms);
      }
      const { paddles } = play.show(ms)!;
      largest = Math.max(largest, Math.abs(paddles[0] - before));
      before = paddles[0];
    }
    expect(before).toBeCloseTo(game.paddles[0], 0);
    expect(largest).toBeLessThan(12 * px);
  });
});

describe('the ball', () => {
  it.each([1, 2, 3])(
    'is put right by less than 8 px in 95 of 100 reports at 150 ms with jitter and stalls (%i)',
    (seed) => {
      const match = new NetworkedMatch(seed, badWeather, 3, ['hard', 'easy']);
      match.play(120);
      for (const { corrections } of match.players) {
        expect(corrections.length).toBeGreaterThan(1_000);
        expect(p95(corrections)).toBeLessThan(8);
      }
    },
  );

  it('flies on between reports, and never faster than a ball can', () => {
    const steps: number[] = [];
    const match = new NetworkedMatch(4, { ...badWeather, stallsPerSecond: 0 }, 2, ['hard', 'easy']);
    let before = match.players[0]!.shown;
    match.play(60, () => {
      const now = match.players[0]!.shown;
      if (before?.phase === 'rally' && now?.phase === 'rally')
        steps.push(Math.hypot(now.ball.x - before.ball.x, now.ball.y - before.ball.y) / px);
      before = now;
    });
    expect(steps.length).toBeGreaterThan(600);
    steps.sort((one, other) => one - other);
    expect(steps[Math.floor(steps.length / 100)]).toBeGreaterThan(1); // less only where it turns back
    expect(steps.at(-1)).toBeLessThan(16); // 6 px a tick at most, and both clocks may be catching up
  });

  it('turns back at the other’s paddle where that is seen, not where it is to be', () => {
    const gaps: number[] = [];
    const match = new NetworkedMatch(2, { ...badWeather, stallsPerSecond: 0 }, 2, ['hard', 'hard']);
    let flight = 0;
    let before = match.players[0]!.shown;
    match.play(90, () => {
      const now = match.players[0]!.shown;
      if (!before || !now) {
        before = now;
        return;
      }
      const way = Math.sign(now.ball.x - before.ball.x);
      const isAtOther = now.ball.x > court.width * 0.9 && now.phase === 'rally';
      if (flight > 0 && way < 0 && isAtOther) gaps.push(Math.abs(now.ball.y - now.paddles[1]) / px);
      if (way !== 0) flight = way;
      before = now;
    });
    expect(gaps.length).toBeGreaterThan(3);
    const reach = (court.paddleHalf + court.ballRadius) / px;
    for (const gap of gaps) expect(gap).toBeLessThan(reach + 9); // a frame's flight and a frame's move
  });
});

describe('points', () => {
  it('are shown when they are committed, and not before', () => {
    const play = new Netplay(1);
    const game = { ...played(300), score: [1, 0] as const };
    play.hear(reportOf(game, { committed: [0, 0] }), 0);
    expect(play.show(5)!.score).toEqual([0, 0]);
    play.hear(reportOf({ ...game, tick: game.tick + 2 }, { committed: [1, 0] }), 33);
    expect(play.show(40)!.score).toEqual([1, 0]);
  });

  it('are shown too when the last one is committed after the game has ended', () => {
    const play = new Netplay(1);
    const game = { ...played(300), score: [1, 5] as const, phase: 'over' as const };
    play.hear(reportOf(game, { committed: [1, 4] }), 0);
    expect(play.hear(reportOf(game, { committed: [1, 5] }), 33)).toBeUndefined();
    expect(play.show(40)!.score).toEqual([1, 5]);
    play.hear(reportOf(game, { committed: [1, 4] }), 66);
    expect(play.show(70)!.score).toEqual([1, 5]);
  });

  it('are never taken back, whenever a leader dies', () => {
    let points = 0;
    for (let seed = 0; seed < 20; seed++) {
      const match = new NetworkedMatch(seed, seed % 2 === 0 ? badWeather : noWeather, 2, ['easy', 'easy']);
      const before = [0, 0];
      const look = () => {
        for (const { side, shown } of match.players) {
          const [left, right] = shown?.score ?? [0, 0];
          expect(left + right).toBeGreaterThanOrEqual(before[side]!);
          before[side] = left + right;
        }
      };
      match.play(6 + (seed % 5), look);
      match.failOver(0.7);
      match.play(6, look);
      points += before[0]!;
    }
    expect(points).toBeGreaterThan(3);
  });
});

describe('when nothing is heard', () => {
  it('everything goes on for a moment and then stands still', () => {
    const play = new Netplay(0);
    let game = played(185);
    let ms = 0;
    for (; ms < 500; ms += 33) {
      for (let tick = 0; tick < 2; tick++) game = step(game, { directions: [0, 0] });
      play.hear(reportOf(game), ms);
    }
    const heardMs = ms - 33;
    const at = (later: number) => play.show(heardMs + later)!.ball;
    expect(at(100)).not.toEqual(at(0));
    expect(at(quietMsMax + 500)).toEqual(at(quietMsMax));
    expect(play.show(heardMs + 900)!.quietMs).toBe(900);
  });

  it('of a leader everything stands still at once', () => {
    const match = new NetworkedMatch(5, noWeather, 3);
    match.play(6);
    const { play } = match.players[0]!;
    const ms = match.ownMs(0);
    play.stand(true, ms);
    expect(play.show(ms + 100)!.ball).toEqual(play.show(ms)!.ball);
  });

  it('and another authority goes on, it does from where that one is, and nothing of the old one counts', () => {
    const match = new NetworkedMatch(6, badWeather, 3);
    match.play(7);
    match.failOver(0.8);
    match.play(3);
    for (const { shown, play } of match.players) {
      expect(shown!.epoch).toBe(2);
      expect(Math.abs(shown!.tick - match.court.game.tick)).toBeLessThan(40);
      expect(play.hear(reportOf(played(2_000)), 1e6)).toBeUndefined();
    }
    const [left, right] = match.players.map(({ shown }) => shown!.paddles[1] / px);
    expect(Math.abs(left! - right!)).toBeLessThan(60); // the one sees the other's past
  });

  it('for a pause, it is gone on with as if there had been none', () => {
    const play = new Netplay(0);
    let game = played(200);
    let ms = 0;
    const hearFor = (reports: number) => {
      for (let report = 0; report < reports; report++, ms += 33.3) {
        for (let tick = 0; tick < 2; tick++) game = step(game, { directions: [0, 0] });
        play.hear(reportOf(game), ms);
      }
    };
    hearFor(100);
    ms += 20_000;
    hearFor(60);
    expect(play.show(ms)!.span).toBeGreaterThan(0);
    expect(play.show(ms)!.span).toBeLessThan(20);
    expect(play.played(ms)!.tick - game.tick).toBeLessThan(15);
  });
});

describe('whoever looks on', () => {
  it('sees both paddles and the ball as they were, all at one time', () => {
    const play = new Netplay(undefined);
    const games = [played(300)];
    for (let ms = 0; ms < 2_000; ms += 33.3) {
      for (let tick = 0; tick < 2; tick++) games.push(step(games.at(-1)!, { directions: [0, 0] }));
      play.hear(reportOf(games.at(-1)!), ms);
    }
    expect(play.say(2_000)).toBeUndefined();
    const { ball } = play.show(2_000)!;
    const nearest = Math.min(...games.map((game) => Math.hypot(game.x - ball.x, game.y - ball.y) / px));
    expect(nearest).toBeLessThan(3);
  });
});

it('takes any reports at any time', () => {
  const anyReport = fc.record({
    epoch: fc.integer({ min: 0, max: 3 }),
    tick: fc.integer({ min: 0, max: 100_000 }),
    from: fc.integer({ min: 0, max: 100_000 }),
    seed: fc.nat(),
    taken: fc.nat(),
    lead: fc.integer({ min: -128, max: 127 }),
    echo: fc.integer({ min: 0, max: 65_535 }),
    changes: fc.uint8Array({ maxLength: 6 }),
  });
  const doing = fc.oneof(
    anyReport.map((report) => ({ report })),
    fc.constantFrom(-1, 0, 1).map((direction) => ({ direction: direction as Direction })),
    fc.boolean().map((stands) => ({ stands })),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1, undefined),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), doing), { maxLength: 30 }),
      (side, script) => {
        const play = new Netplay(side);
        let ms = 0;
        for (const [laterMs, what] of script) {
          ms += laterMs;
          if ('report' in what) {
            const { epoch, tick, from, seed, changes, ...mine } = what.report;
            const player = { ...quiet, ...mine };
            play.hear(
              reportOf(
                { ...played(seed % 300, seed), tick },
                { epoch, from, changes, players: [player, player] },
              ),
              ms,
            );
          } else if ('direction' in what) play.turn(what.direction, ms);
          else play.stand(what.stands, ms);
          play.say(ms);
          const shown = play.show(ms);
          if (!shown) continue;
          for (const length of [shown.ball.x, shown.ball.y, ...shown.paddles]) expect(length).not.toBeNaN();
          play.played(ms);
        }
      },
    ),
  );
});
