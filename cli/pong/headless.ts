/** A player without a screen: a bot sits where a person would, sees what a person would see, and presses keys. */
import type { UserClient } from '../../src/client/client.ts';
import type { MatchView } from '../../src/client/matches.ts';
import { Seat } from '../../src/client/pong/seat.ts';
import { Bot, type BotLevel, type Game, ticksPerSecond } from '../../src/client/pong.ts';
import { systemClock as clock } from '../../src/system/clock.ts';
import { TooLate } from '../failure.ts';
import { sideOf } from './state.ts';

export interface HeadlessOptions {
  readonly client: UserClient;
  readonly me: string;
  readonly match: MatchView;
  readonly level: BotLevel;
  /** Told of every change of the match. */
  changed?(match: MatchView): void;
  /** By how much the ball would have been shown in a wrong place, in pixels. */
  corrected?(px: number): void;
}

export interface Played {
  readonly match: MatchView;
  readonly late: number;
  /** The game as it was reported last. */
  readonly last: Game | undefined;
  /** Why it was left before the match was over. */
  readonly problem: Error | undefined;
}

const frameMs = 1_000 / ticksPerSecond;

/** @returns when the match is over, or the line closed. */
export async function playHeadless({
  client,
  me,
  match,
  level,
  changed,
  corrected,
}: HeadlessOptions): Promise<Played> {
  const side = sideOf(match, me);
  if (side === undefined) throw new RangeError(`${me} does not play in ${match.match}`);
  const bot = new Bot(side, level);
  const { line, matches } = client;
  return await new Promise<Played>((resolve) => {
    const take = (fresh: MatchView) => {
      changed?.(fresh);
      if (fresh.state === 'over') end();
      else if (isWaitingFor(fresh, side)) matches.ready(fresh.match).catch(ignored); // it is asked again with the next change
    };
    const seat = new Seat({ client, clock, match, side, changed: take, ...(corrected ? { corrected } : {}) });
    const watching = line.watch(() => {
      if (line.state === 'closed') end(line.problem ?? new TooLate('interrupted'));
    });
    let dueMs = performance.now();
    const frame = () => {
      const { played } = seat;
      if (played) seat.steer(bot.direction(played));
      seat.frame();
      dueMs = Math.max(dueMs + frameMs, performance.now());
      timer = setTimeout(frame, dueMs - performance.now());
    };
    let timer = setTimeout(frame, frameMs);
    const end = (problem?: Error) => {
      clearTimeout(timer);
      watching.stop();
      seat.leave();
      resolve({ match: seat.match, late: seat.late, last: seat.reported, problem });
    };
    take(match);
  });
}

function isWaitingFor({ state, joined, ready }: MatchView, side: 0 | 1): boolean {
  return (state === 'lobby' || state === 'paused') && joined[0] && joined[1] && !ready[side];
}

function ignored(): void {}
