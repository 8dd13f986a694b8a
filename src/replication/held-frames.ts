/** Frames above a copy's mark: they are stored or about to be, and their rows are not. */
import { Frame } from '../events/frame.ts';
import { type NodeStore, StoreCorrupt } from '../log/port.ts';
import type { CommittedRows } from '../projections/committed.ts';
import { project } from '../projections/project.ts';
import { Layer } from '../projections/rows.ts';
import { storedEvents } from '../projections/stored.ts';

/** A frame above the mark, and the layer that holds its rows: on the leader its own, elsewhere that of a whole batch. */
export interface HeldFrame {
  readonly frame: Frame;
  readonly layer: Layer;
}

export class HeldFrames {
  readonly #store: NodeStore;
  /** Those at hand, by number; after a start the others are read from the store. */
  readonly #held = new Map<number, { readonly frame: Frame; readonly layer?: Layer }>();

  constructor(store: NodeStore) {
    this.#store = store;
  }

  take(frame: Frame, layer?: Layer): void {
    this.#held.set(frame.number, layer ? { frame, layer } : { frame });
  }

  forget(number: number): void {
    this.#held.delete(number);
  }

  forgetAbove(number: number): void {
    for (const held of [...this.#held.keys()]) if (held > number) this.#held.delete(held);
  }

  /** @throws {StoreCorrupt} if there is no such frame. */
  async get(number: number): Promise<Frame> {
    return this.#held.get(number)?.frame ?? (await this.#read(number));
  }

  /** The frames `from` to `to` with their rows, on top of one another. */
  async project(from: number, to: number, rows: CommittedRows): Promise<HeldFrame[]> {
    const frames: HeldFrame[] = [];
    let folding: Layer | undefined;
    for (let number = from; number <= to; number++) {
      const { frame, layer } = this.#held.get(number) ?? { frame: await this.#read(number) };
      // Frames that were folded nowhere yet share one layer: a look-up through one for each would cost more than the fold.
      folding = layer ? undefined : (folding ?? new Layer(frames.at(-1)?.layer ?? rows));
      if (folding) foldInto(folding, frame);
      frames.push({ frame, layer: layer ?? folding! });
    }
    return frames;
  }

  async #read(number: number): Promise<Frame> {
    const bytes = await this.#store.read(number);
    if (!bytes) throw new StoreCorrupt(`frame ${number} is missing`);
    return Frame.decode(bytes);
  }
}

function foldInto(layer: Layer, frame: Frame): void {
  for (const stored of storedEvents(frame)) project(layer, stored);
}
