/** Games of Pong for tests: played by bots or by arbitrary inputs, taken down as a court does. */
import { Bot, type BotLevel } from '../../src/pong/bot.ts';
import { type Both, type Game, newGame, step } from '../../src/pong/game.ts';
import { type PlayRecord, Recorder } from '../../src/pong/recording.ts';

export interface Played {
  readonly start: Game;
  readonly end: Game;
  readonly records: readonly PlayRecord[];
  readonly points: number;
}

/** A whole match between two bots, recorded at every point, and otherwise after `ticksPerRecord`. */
export function playBots(
  seed: number,
  points: number,
  levels: Both<BotLevel> = ['easy', 'easy'],
  ticksPerRecord = 1_800,
): Played {
  const start = newGame(seed, points);
  const recorder = new Recorder(start);
  const bots = [new Bot(0, levels[0]), new Bot(1, levels[1])] as const;
  const records: PlayRecord[] = [];
  let scored = 0;
  let game = start;
  while (game.phase !== 'over') {
    const next = step(game, { directions: [bots[0].direction(game), bots[1].direction(game)] });
    recorder.note(game, next);
    const isPoint = next.score !== game.score;
    if (isPoint) scored += 1;
    const isDue = isPoint || next.tick - recorder.from >= ticksPerRecord;
    const record = isDue ? recorder.take(next) : undefined;
    if (record) records.push(record);
    game = next;
  }
  return { start, end: game, records, points: scored };
}
