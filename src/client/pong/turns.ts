/** What one did and is not certain to be known of: from which tick one's paddle goes in which direction. */
import type { Direction, Game, Side } from '../../pong/game.ts';
import { type Turn, turnsMax } from '../../pong/messages.ts';

export class Turns {
  readonly #side: Side;
  #pending: Turn[] = [];
  /** Those of them whose tick is over, and which are therefore late. */
  #late: readonly Turn[] = [];
  #last: Turn | undefined;

  constructor(side: Side) {
    this.#side = side;
  }

  /** The direction that was asked for last. */
  get direction(): Direction {
    return this.#last?.direction ?? 0;
  }

  /** @returns whether that is anything new. Of two turns in one tick the second comes a tick later. */
  turn(direction: Direction, tick: number): boolean {
    if (direction === this.direction) return false;
    this.#last = { tick: Math.max(tick, (this.#last?.tick ?? 0) + 1), direction };
    this.#pending.push(this.#last);
    return true;
  }

  /** What is still to be said: whatever is not known to have arrived, and the last one again. */
  get unheard(): readonly Turn[] {
    if (this.#pending.length > 0) return this.#pending.slice(-turnsMax);
    return this.#last ? [this.#last] : [];
  }

  /** @param taken the tick of the last turn that has arrived. @param game what has come of it. */
  heard(taken: number, { tick }: Game): void {
    this.#pending = this.#pending.filter((turn) => turn.tick > taken || turn.tick > tick);
    this.#late = this.#pending.filter((turn) => turn.tick <= tick);
  }

  /** What one's paddle does in the tick after a game; what comes late is expected to be taken at once. */
  directionAfter(game: Game, known: Game): Direction {
    const tick = game.tick + 1;
    const due = this.#pending.findLast((turn) => turn.tick === tick);
    if (due) return due.direction;
    const late = game === known ? this.#late.at(-1) : undefined;
    return late?.direction ?? game.directions[this.#side];
  }

  /** Under another authority, which may know of an earlier time and of nothing that was asked for: that is asked anew. */
  restart(tick: number): void {
    this.#last = { tick, direction: this.direction };
    this.#pending = [this.#last];
    this.#late = [];
  }
}
