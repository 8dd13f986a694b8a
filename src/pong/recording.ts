/**
 * Play as the log keeps it: what the players changed, not what became of it, and each second a check of what did.
 *
 * A change of direction is mostly one byte: six bits say how many ticks later it is than the change before, one bit whose
 * paddle it is, one bit which of the two other directions it takes. The checks follow: four bytes of the game's hash at every
 * whole second and at the end; whatever differs once differs from then on. A record goes from where the one before
 * ended up to its own last tick, `to`.
 */
import { ByteReader, ByteWriter } from './bytes.ts';
import { gameCheck } from './codec.ts';
import { type Both, type Direction, type Game, type Inputs, step, ticksPerSecond } from './game.ts';

/** Ticks after a game's present one, up to `to`. */
export interface PlayRecord {
  readonly to: number;
  /** Base64. */
  readonly play: string;
}

/** What is recorded leads to another game than it did: the record is damaged, or the rules are others. */
export class PlayDiverged extends Error {
  override readonly name = 'PlayDiverged';
}

/** Of six bits: so many ticks pass without a change; and two bytes follow one another, a hold and how long before it. */
const skip = 62;
const hold = 63;

/** Bytes of what changed, one game after the other. */
export class Changes {
  #bytes: number[] = [];
  #last: number;

  /** @param from the tick after which it begins. */
  constructor(from: number) {
    this.#last = from;
  }

  get bytes(): readonly number[] {
    return this.#bytes;
  }

  /** @param before a game. @param after the same one, a tick later. */
  note(before: Game, after: Game, holds = false): void {
    if (holds) this.#put(after.tick, undefined);
    for (const side of [0, 1] as const) {
      const turn = (after.directions[side] - before.directions[side] + 3) % 3;
      if (turn > 0) this.#put(after.tick, 2 * side + turn - 1);
    }
  }

  #put(tick: number, code: number | undefined): void {
    let gap = tick - this.#last;
    for (; gap >= skip; gap -= skip) this.#bytes.push(skip << 2);
    if (code === undefined) this.#bytes.push(hold << 2, gap);
    else this.#bytes.push((gap << 2) | code);
    this.#last = tick;
  }
}

/** Takes down a game as it goes on. */
export class Recorder {
  #from: number;
  #changes: Changes;
  #checks: ByteWriter;

  constructor({ tick }: Game) {
    this.#from = tick;
    this.#changes = new Changes(tick);
    this.#checks = new ByteWriter();
  }

  /** The last tick that was taken from it. */
  get from(): number {
    return this.#from;
  }

  note(before: Game, after: Game, holds = false): void {
    this.#changes.note(before, after, holds);
    if (after.tick % ticksPerSecond === 0) this.#checks.put('u32', gameCheck(after));
  }

  /** Everything since it was asked last. @returns undefined where no tick has passed. */
  take(game: Game): PlayRecord | undefined {
    if (game.tick === this.#from) return undefined;
    const { bytes } = this.#changes;
    const whole = new ByteWriter().put('u16', bytes.length).append(bytes).append(this.#checks.bytes);
    whole.put('u32', gameCheck(game));
    this.#from = game.tick;
    this.#changes = new Changes(game.tick);
    this.#checks = new ByteWriter();
    return { to: game.tick, play: Buffer.from(whole.bytes).toString('base64') };
  }
}

/**
 * A game after each tick of a record, each second of it verified.
 * @throws {PlayDiverged} when a check says otherwise. @throws {TooShort} when the record is cut.
 */
export function* playBack(game: Game, { to, play }: PlayRecord): Generator<Game, Game> {
  const bytes = new ByteReader(Buffer.from(play, 'base64'));
  const changes = readChanges(game.tick, bytes.bytes(bytes.take('u16')));
  let now = game;
  while (now.tick < to) {
    const next = step(now, inputsAt(changes, now));
    if (next === now) throw new PlayDiverged(`the game is over at tick ${now.tick}`);
    now = next;
    if (now.tick % ticksPerSecond === 0 && bytes.take('u32') !== gameCheck(now))
      throw new PlayDiverged(`another game at tick ${now.tick}`);
    yield now;
  }
  if (bytes.take('u32') !== gameCheck(now)) throw new PlayDiverged(`another game at tick ${now.tick}`);
  if (bytes.left > 0) throw new PlayDiverged(`the record goes on after tick ${to}`);
  return now;
}

/** Where a game is at the end of a record. Throws as `playBack` does. */
export function playedBack(game: Game, record: PlayRecord): Game {
  let last = game;
  for (const now of playBack(game, record)) last = now;
  return last;
}

/** Changes by the tick that they come with. */
export type ChangesByTick = ReadonlyMap<number, readonly Change[]>;

/** A side's turn by so many of the three directions, or that the ball rests for a countdown. */
export type Change = { readonly side: 0 | 1; readonly turn: 1 | 2 } | 'hold';

/** @param from the tick after which they begin. @throws {TooShort} */
export function readChanges(from: number, bytes: Uint8Array): ChangesByTick {
  const found = new Map<number, Change[]>();
  const reader = new ByteReader(bytes);
  let tick = from;
  while (reader.left > 0) {
    const byte = reader.take('u8');
    const [gap, code] = [byte >> 2, byte & 3];
    tick += gap === hold ? reader.take('u8') : gap;
    if (gap === skip) continue;
    const change: Change =
      gap === hold ? 'hold' : { side: (code >> 1) as 0 | 1, turn: ((code & 1) + 1) as 1 | 2 };
    const there = found.get(tick);
    if (there) there.push(change);
    else found.set(tick, [change]);
  }
  return found;
}

/** What both players do in the tick that follows a game. */
export function inputsAt(changes: ChangesByTick, game: Game): Inputs {
  const there = changes.get(game.tick + 1);
  if (!there) return game;
  const directions = [...game.directions] as [Direction, Direction];
  for (const change of there)
    if (change !== 'hold') directions[change.side] = turned(directions[change.side], change.turn);
  return { directions: directions as Both<Direction>, holds: there.includes('hold') };
}

function turned(direction: Direction, turn: 1 | 2): Direction {
  return (((direction + 1 + turn) % 3) - 1) as Direction;
}
