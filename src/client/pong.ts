/** The rules and records of Pong, for front ends: they reach the system through the client, and play by the same rules. */
export { Bot, type BotLevel } from '../pong/bot.ts';
export { gameHash } from '../pong/codec.ts';
export {
  type Both,
  countdownTicks,
  court,
  type Direction,
  type Game,
  newGame,
  RULES,
  type Side,
  step,
  ticksPerSecond,
  winner,
} from '../pong/game.ts';
export { aheadTicksMax, ticksPerReport } from '../pong/messages.ts';
export { PlayDiverged, type PlayRecord, playBack, playedBack } from '../pong/recording.ts';
