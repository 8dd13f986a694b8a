import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TooShort } from '../../../src/pong/bytes.ts';
import { gameHash } from '../../../src/pong/codec.ts';
import { type Game, newGame, step } from '../../../src/pong/game.ts';
import {
  PlayDiverged,
  type PlayRecord,
  playBack,
  playedBack,
  Recorder,
} from '../../../src/pong/recording.ts';
import { playBots } from '../../support/pong.ts';

const direction = fc.constantFrom(-1, 0, 1);
/** Long stretches of the same, and interruptions. */
const stretch = fc.record({
  directions: fc.tuple(direction, direction),
  ticks: fc.integer({ min: 1, max: 200 }),
  holds: fc.boolean(),
  isTaken: fc.boolean(),
});

describe('recorded play', () => {
  it('leads to every game that there was, whenever it was taken down', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 30 }), (stretches) => {
        const start = newGame(5, 21);
        const recorder = new Recorder(start);
        const records: PlayRecord[] = [];
        const games: Game[] = [];
        let game = start;
        for (const { directions, ticks, holds, isTaken } of stretches) {
          for (let tick = 0; tick < ticks; tick++) {
            const isHeld = holds && tick === 0;
            const next = step(game, { directions, holds: isHeld });
            recorder.note(game, next, isHeld);
            games.push(next);
            game = next;
          }
          const record = isTaken ? recorder.take(game) : undefined;
          if (record) records.push(record);
        }
        const rest = recorder.take(game);
        if (rest) records.push(rest);
        const seen: Game[] = [];
        let now = start;
        for (const record of records) for (now of playBack(now, record)) seen.push(now);
        expect(seen).toEqual(games);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused where a byte of it is another, unless it makes no difference', () => {
    const { start, records } = playBots(11, 1, ['easy', 'easy'], 600);
    const [first] = records;
    const truth = gameHash(playedBack(start, first!));
    let refused = 0;
    const bytes = Buffer.from(first!.play, 'base64');
    for (const at of bytes.keys()) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x08;
      const play = damaged.toString('base64');
      try {
        expect(gameHash(playedBack(start, { ...first!, play })), `byte ${at}`).toBe(truth); // of a paddle at the wall
      } catch (error) {
        if (!(error instanceof PlayDiverged || error instanceof TooShort)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(0.8 * bytes.length);
    const cut = { ...first!, play: bytes.subarray(0, -1).toString('base64') };
    expect(() => playedBack(start, cut)).toThrow(TooShort);
    const long = { ...first!, play: Buffer.concat([bytes, Buffer.of(0)]).toString('base64') };
    expect(() => playedBack(start, long)).toThrow(PlayDiverged);
  });

  it('is refused as the continuation of another game', () => {
    const { records } = playBots(11, 1);
    expect(() => playedBack(newGame(12, 1), records[0]!)).toThrow(PlayDiverged);
  });

  it('of an hour is small, and played again at once', () => {
    let ticks = 0;
    let bytes = 0;
    const played = [];
    for (let seed = 1; ticks < 216_000; seed++) {
      const match = playBots(seed, 11, ['hard', 'hard']);
      played.push(match);
      ticks += match.end.tick;
      bytes += match.records.reduce((sum, { play }) => sum + play.length, 0);
    }
    const begun = process.cpuUsage();
    for (const { start, records, end } of played)
      expect(gameHash(records.reduce(playedBack, start))).toBe(gameHash(end));
    const { user } = process.cpuUsage(begun);
    expect((bytes * 216_000) / ticks).toBeLessThan(60_000);
    expect(user / 1_000).toBeLessThan(2_000); // milliseconds; what it takes, `npm run bench -- pong` says
  });
});
