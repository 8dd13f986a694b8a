/**
 * What players and the authority say to each other while a game is on, in bytes.
 *
 * A player says on `play.<user>.<match>`, at every change and at least every `sayEveryMs`: which tick it believes it is,
 * and which direction its paddle takes from which tick on. A tick that has passed counts as the next one, and as late.
 * The authority says on `match.<match>`, every `ticksPerReport` ticks, to players, onlookers and nodes alike: the whole game,
 * and the changes since its last report, so that whoever heard all of them knows everything that the log will say.
 */
import { ByteReader, ByteWriter, TooShort } from './bytes.ts';
import { decodeGame, encodeGame, gameBytes } from './codec.ts';
import type { Both, Direction, Game } from './game.ts';

const version = 1;

/** 30 reports a second. */
export const ticksPerReport = 2;
/** A player who has nothing to say says so this often. */
export const sayEveryMs = 100;
/** Turns in one message, the latest ones. */
export const turnsMax = 8;
/** What a player wants from later on than so many ticks ahead is ignored: its clock is wrong. */
export const aheadTicksMax = 60;

/** From a tick on a paddle goes in a direction. */
export interface Turn {
  readonly tick: number;
  readonly direction: Direction;
}

export interface Saying {
  /** Of the report that the player's clock follows; what is meant for another epoch is ignored. */
  readonly epoch: number;
  /** The tick that the player believes it is: at best a little later than it is for the authority. */
  readonly tick: number;
  /** The low 16 bits of the player's own clock in milliseconds: it comes back. */
  readonly echo: number;
  /** In order; those that are not in a report yet, and the last one again. */
  readonly turns: readonly Turn[];
}

export interface PlayerReport {
  /** The tick that the player asked for in the last turn that was taken. */
  readonly taken: number;
  /** By how many ticks the player's clock was ahead when it was heard last; what is not above 0 comes late. */
  readonly lead: number;
  readonly echo: number;
  /** Turns that came too late for their tick, in this epoch. */
  readonly late: number;
  /** Not heard for a while. */
  readonly isAway: boolean;
}

export interface Report {
  readonly epoch: number;
  /** The tick of the report before. */
  readonly from: number;
  readonly game: Game;
  readonly players: Both<PlayerReport>;
  /** The score as it is committed; `game.score` is a point ahead while that point is not. */
  readonly committed: Both<number>;
  /** As `Changes` writes them, from `from` on. */
  readonly changes: Uint8Array;
}

export function encodeSaying({ epoch, tick, echo, turns }: Saying): Uint8Array {
  const last = turns.slice(-turnsMax);
  const message = new ByteWriter().put('u8', version).put('u32', epoch).put('u32', tick).put('u16', echo);
  message.put('u8', last.length);
  for (const turn of last) message.put('u32', turn.tick).put('i8', turn.direction);
  return message.bytes;
}

/** Undefined for what no player says. */
export function decodeSaying(data: Uint8Array): Saying | undefined {
  return unlessShort(() => {
    const from = new ByteReader(data);
    if (from.take('u8') !== version) return undefined;
    const [epoch, tick, echo, count] = [
      from.take('u32'),
      from.take('u32'),
      from.take('u16'),
      from.take('u8'),
    ];
    if (count > turnsMax) return undefined;
    const turns = Array.from({ length: count }, () => ({
      tick: from.take('u32'),
      direction: Math.sign(from.take('i8')) as Direction,
    }));
    return from.left === 0 ? { epoch, tick, echo, turns } : undefined;
  });
}

export function encodeReport({ epoch, from, game, players, committed, changes }: Report): Uint8Array {
  const message = new ByteWriter().put('u8', version).put('u32', epoch).put('u32', from);
  for (const { taken, lead, echo, late, isAway } of players) {
    message.put('u32', taken).put('i8', Math.max(-128, Math.min(127, lead)));
    message
      .put('u16', echo)
      .put('u16', Math.min(late, 0xffff))
      .put('u8', isAway ? 1 : 0);
  }
  message.put('u8', committed[0]).put('u8', committed[1]);
  return message.append(encodeGame(game)).append(changes).bytes;
}

/** Undefined for what no authority says. */
export function decodeReport(data: Uint8Array): Report | undefined {
  return unlessShort(() => {
    const bytes = new ByteReader(data);
    if (bytes.take('u8') !== version) return undefined;
    const [epoch, from] = [bytes.take('u32'), bytes.take('u32')];
    const players: Both<PlayerReport> = [takePlayer(bytes), takePlayer(bytes)];
    const committed: Both<number> = [bytes.take('u8'), bytes.take('u8')];
    const game = decodeGame(bytes.bytes(gameBytes));
    return { epoch, from, game, players, committed, changes: bytes.bytes(bytes.left) };
  });
}

function takePlayer(bytes: ByteReader): PlayerReport {
  const [taken, lead, echo] = [bytes.take('u32'), bytes.take('i8'), bytes.take('u16')];
  return { taken, lead, echo, late: bytes.take('u16'), isAway: bytes.take('u8') === 1 };
}

function unlessShort<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TooShort || error instanceof RangeError) return undefined;
    throw error;
  }
}
