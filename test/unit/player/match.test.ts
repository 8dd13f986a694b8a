/** A match as it is seen again: computed from what is recorded, verified, in the player of sessions. */
import { describe, expect, it } from 'vitest';
import { Output } from '../../../cli/output.ts';
import { readFilm } from '../../../cli/player/film.ts';
import { printMatchReplay } from '../../../cli/player/match-lines.ts';
import { Player } from '../../../cli/player/model/player.ts';
import { PlayerScreen } from '../../../cli/player/screen.ts';
import { readMatch } from '../../../cli/pong/past.ts';
import { plainText } from '../../../cli/tui/spans.ts';
import type { UserClient } from '../../../src/client/client.ts';
import { gameHash } from '../../../src/client/pong.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { playBots } from '../../support/pong.ts';
import { matchView } from '../../support/pong-script.ts';

const seed = 11;
const played = playBots(seed, 2);

const began = 1_795_000_000_000;
/** Somebody took so long to be ready, which the log's time knows and the game's does not. */
const pausedMs = 30_000;

/** Of a client only the matches are asked. */
function clientWith(records = played.records): UserClient {
  const score: [number, number] = [...played.end.score];
  const over = { state: 'over', seed, points: 2, score, tick: played.end.tick } as const;
  const winner = played.end.score[0] > played.end.score[1] ? 0 : 1;
  const matches = {
    get: async () => matchView({ ...over, winner, reason: 'won' }),
    async *play() {
      yield* records.map((record, position) => ({
        position,
        at: began + (record.to * 1_000) / 60 + pausedMs,
        ...record,
      }));
    },
  };
  return { matches } as unknown as UserClient;
}

describe('a match that is over', () => {
  it('is what was played, and each second of it verified (P8)', async () => {
    const past = await readMatch(clientWith().matches, 'p-1');
    expect(past.last.tick).toBe(played.end.tick);
    for (const game of [played.end, played.start]) expect(gameHash(past.at(game.tick))).toBe(gameHash(game));
    expect(past.verified).toBeGreaterThanOrEqual(Math.floor(played.end.tick / 60));
  });

  it('is refused where its record leads elsewhere', async () => {
    const [first, ...others] = played.records;
    const bytes = Buffer.from(first!.play, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    const records = [{ ...first!, play: bytes.toString('base64') }, ...others];
    await expect(readMatch(clientWith(records).matches, 'p-1')).rejects.toMatchObject({ code: 'diverged' });
  });

  it('is refused where its record is cut', async () => {
    const [first, ...others] = played.records;
    const play = Buffer.from(first!.play, 'base64').subarray(0, -2).toString('base64');
    const records = [{ ...first!, play }, ...others];
    await expect(readMatch(clientWith(records).matches, 'p-1')).rejects.toMatchObject({ code: 'diverged' });
  });

  it('has a part of it named by the time of day, as the log has it, or by the time that was played', async () => {
    const past = await readMatch(clientWith().matches, 'p-1');
    const [point] = past.points;
    const offsetMs = (point!.tick * 1_000) / 60;
    expect(past.timeAt(point!.tick)).toBeCloseTo(began + pausedMs + offsetMs, 0);
    const at = began + pausedMs + offsetMs + 1;
    expect(past.cut(past.points, undefined, { at })).toEqual([point]);
    expect(past.cut(past.points, { at }, undefined)).toEqual(past.points.slice(1));
    expect(past.cut(past.points, undefined, { offsetMs: offsetMs + 1 })).toEqual([point]);
  });

  it('is seen in the player, at any moment of it, and says that it is verified', async () => {
    const clock = new ManualClock();
    const { recording, picture } = await readFilm(clientWith(), 'p-1');
    const player = new Player(recording, { speed: 1, maxGapMs: Number.POSITIVE_INFINITY }, clock);
    const screen = new PlayerScreen(player, picture);
    const text = () => screen.frame({ columns: 80, rows: 24 }).lines.map(plainText).join('\n');
    expect(text()).toMatch(/replay {2}alice – bob/);
    expect(text()).toMatch(/verified: \d+ hashes/);
    const before = text();
    screen.press({ kind: 'key', name: 'right' });
    expect(text()).not.toBe(before);
    screen.press({ kind: 'key', name: 'end' });
    expect(text()).toContain(`of ${played.points + 2}`);
    screen.press({ kind: 'key', name: 'home' });
    expect(text()).toContain('0:00');
    expect(screen.press({ kind: 'text', text: 'q' })).toBe(true);
    player.close();
  });

  it('is told in lines, each point when it was scored', async () => {
    const lines: Record<string, unknown>[] = [];
    const output = new Output(
      { json: true },
      (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    );
    const pace = { speed: 1e9, maxGapMs: Number.POSITIVE_INFINITY };
    await printMatchReplay(await readMatch(clientWith().matches, 'p-1'), output, pace);
    expect(lines).toHaveLength(played.points + 1);
    const { tick, offset_ms } = lines[0] as { tick: number; offset_ms: number };
    expect(offset_ms).toBe(Math.round((tick * 1_000) / 60));
    expect(lines.at(-1)).toMatchObject({ score: played.end.score, state_hash: gameHash(played.end) });
  });
});
