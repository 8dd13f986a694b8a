/** A game as the log has it: everything that is recorded of a match, played again and verified. */
import type { MatchState } from '../../actors/match/state.ts';
import { type Game, newGame } from '../../pong/game.ts';
import { playedBack } from '../../pong/recording.ts';
import type { Copy } from '../../replication/copy.ts';
import type { Frames } from '../frames.ts';
import { Queues } from '../queue.ts';

/** More than any match has. */
const everything = 1_000_000_000;

/** @throws {PlayDiverged} where the log says that another game was played. */
export async function pastGame(copy: Copy, frames: Frames, { id, seed, points }: MatchState): Promise<Game> {
  let game = newGame(seed, points);
  for (const [position, frame] of await new Queues(copy.store, frames).history(id, 0, everything)) {
    const { event } = await frames.event(position, frame);
    if (event.type === 'PlayRecorded' || event.type === 'PointScored') game = playedBack(game, event.data);
  }
  return game;
}
