/**
 * Folding as a node does it: layers upon layers, absorbed a few at a time, written, settled; every portion as large as
 * it happens to be.
 */
import { CommittedRows } from '../../src/projections/committed.ts';
import { project } from '../../src/projections/project.ts';
import { Layer, mergeLayers } from '../../src/projections/rows.ts';
import type { StoredEvent } from '../../src/projections/stored.ts';

/** How many to take at each turn, over and over. */
export type Sizes = readonly number[];

export function* inPortions<T>(items: readonly T[], sizes: Sizes): Generator<T[]> {
  for (let taken = 0, turn = 0; taken < items.length; turn++) {
    const size = sizes.length > 0 ? Math.max(1, sizes[turn % sizes.length]!) : 1;
    yield items.slice(taken, taken + size);
    taken += size;
  }
}

export interface Folded {
  readonly stored: ReadonlyMap<string, string>;
  readonly rows: CommittedRows;
}

/**
 * @param perLayer frames a layer: one on a leader, many when a log is read again.
 * @param perBatch layers a batch.
 * @param ahead how many layers there are at most above what is being written, as on a leader.
 */
export function foldInPortions(
  frames: readonly (readonly StoredEvent[])[],
  perLayer: Sizes,
  perBatch: Sizes,
  ahead: number,
): Folded {
  const stored = new Map<string, string>();
  const rows = new CommittedRows((key) => stored.get(key));
  const waiting: Layer[] = [];
  const batchSizes = repeated(perBatch);
  const write = () => {
    const batch = waiting.splice(0, batchSizes.next().value);
    for (const [key, text] of rows.absorb(mergeLayers(batch, rows))) {
      if (text === null) stored.delete(key);
      else stored.set(key, text);
    }
    rows.written();
    for (const layer of batch) layer.settle(rows);
  };
  for (const portion of inPortions(frames, perLayer)) {
    const layer = new Layer(waiting.at(-1) ?? rows);
    for (const event of portion.flat()) project(layer, event);
    waiting.push(layer);
    while (waiting.length > ahead) write();
  }
  while (waiting.length > 0) write();
  return { stored, rows };
}

function* repeated(sizes: Sizes): Generator<number, never> {
  for (let turn = 0; ; turn++) yield Math.max(1, sizes[turn % sizes.length] ?? 1);
}
