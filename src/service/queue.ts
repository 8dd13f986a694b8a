/** Walking rows that are kept a frame each: a user's queue, an actor's history. */
import type { NodeStore } from '../log/port.ts';
import { numberKey } from '../projections/rows.ts';
import { history, type Items, items, type Place, type Run } from '../projections/tables.ts';
import type { Frames } from './frames.ts';

/** Sorts after every number. */
const end = '~';

export interface QueueItem {
  readonly position: number;
  /** Position of the item before; 0 for the first. */
  readonly prev: number;
  readonly frame: number;
  /** Messages that came back here, or undefined for a message that stands at `position` itself. */
  readonly returned: readonly Place[] | undefined;
}

/** The items that one frame added, in order. */
export function itemsOf({ prev, runs }: Items, frame: number): QueueItem[] {
  let before = prev[0];
  return runs.flatMap((run: Run) =>
    run.at.map((position) => {
      const item = { position, prev: before, frame, returned: 'returned' in run ? run.returned : undefined };
      before = position;
      return item;
    }),
  );
}

export class Queues {
  readonly #store: NodeStore;
  readonly #frames: Frames;

  constructor(store: NodeStore, frames: Frames) {
    this.#store = store;
    this.#frames = frames;
  }

  /** Up to `limit` items of a user's queue after a position. */
  async items(user: string, after: number, limit: number): Promise<QueueItem[]> {
    const from = items.key(user, numberKey(await this.#frameAfter(after)));
    const rows = await this.#store.rangeRows({ from, to: items.key(user, end), limit: limit + 1 }); // the first may hold older ones only
    return rows
      .flatMap(([key, text]) => itemsOf(JSON.parse(text) as Items, Number(items.rest(key, user)))) // rows of that table
      .filter(({ position }) => position > after)
      .slice(0, limit);
  }

  /** Up to `limit` places of the events that an actor consumed after a position. */
  async history(actor: string, after: number, limit: number): Promise<Place[]> {
    const from = history.key(actor, numberKey(await this.#frameAfter(after)));
    const rows = await this.#store.rangeRows({ from, to: history.key(actor, end), limit: limit + 1 });
    return rows
      .flatMap(([key, text]) => {
        const frame = Number(history.rest(key, actor));
        return (JSON.parse(text) as number[]).map((position): Place => [position, frame]); // rows of that table
      })
      .filter(([position]) => position > after)
      .slice(0, limit);
  }

  /** The frame that holds the event after a position, where there is one. */
  async #frameAfter(position: number): Promise<number> {
    const last = await this.#store.last();
    return position === 0 || last === 0 ? 1 : await this.#frames.holding(position + 1, last);
  }
}
