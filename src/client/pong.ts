/** The rules and records of Pong, for front ends: they reach the system through the client, and play by the same rules. */
export { Bot, type BotLevel } from '../pong/bot.ts';
export { TooShort } from '../pong/bytes.ts';
export { gameHash } from '../pong/codec.ts';
export {
  type Both,
  court,
  type Direction,
  type Game,
  newGame,
  RULES,
  type Side,
  ticksPerSecond,
} from '../pong/game.ts';
export { PlayDiverged, playBack, playedBack } from '../pong/recording.ts';
