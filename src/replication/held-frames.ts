/** Frames above a copy's mark: they are stored or about to be, and their rows are not. */
import { Frame } from '../events/frame.ts';
import { type NodeStore, StoreCorrupt } from '../log/port.ts';
import type { CommittedRows } from '../projections/committed.ts';
import { project } from '../projections/project.ts';
import { Layer } from '../projections/rows.ts';
import { storedEvents } from '../projections/stored.ts';

/** A frame above the mark; on the leader with the rows that were folded when it was decided. */
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

  /** The frames `from` to `to`, each with its rows, on top of one another. */
  async project(from: number, to: number, rows: CommittedRows): Promise<HeldFrame[]> {
    const frames: HeldFrame[] = [];
    for (let number = from; number <= to; number++) {
      const { frame, layer } = this.#held.get(number) ?? { frame: await this.#read(number) };
      frames.push({ frame, layer: layer ?? foldFrame(frame, frames.at(-1)?.layer ?? rows) });
    }
    return frames;
  }

  async #read(number: number): Promise<Frame> {
    const bytes = await this.#store.read(number);
    if (!bytes) throw new StoreCorrupt(`frame ${number} is missing`);
    return Frame.decode(bytes);
  }
}

function foldFrame(frame: Frame, base: CommittedRows | Layer): Layer {
  const layer = new Layer(base);
  for (const stored of storedEvents(frame)) project(layer, stored);
  return layer;
}
