/** A copy under observation. */

import type { Frame } from '../../src/events/frame.ts';
import type { NodeStore } from '../../src/log/port.ts';
import { Copy } from '../../src/replication/copy.ts';
import type { Tail } from '../../src/replication/tail.ts';

/** Sequences of the stream run ahead of frame numbers, as they do in any generation but the first. */
export const sequenceOf = (frameNumber: number) => frameNumber + 100;

export const silent = { notice: () => undefined, detail: () => undefined };

export interface Observed {
  readonly copy: Copy;
  readonly stored: Tail[];
  readonly committed: Frame[];
  readonly damage: string[];
  read(frame: Frame): Frame | undefined;
}

export async function openCopy(store: NodeStore, { sync = false } = {}): Promise<Observed> {
  const copy = await Copy.open({ store, sync, journal: silent });
  const observed = { copy, stored: [] as Tail[], committed: [] as Frame[], damage: [] as string[] };
  copy.listen({
    stored: (tail) => observed.stored.push(tail),
    committed: (frames) => observed.committed.push(...frames.map(({ frame }) => frame)),
    damaged: (_, reason) => observed.damage.push(reason),
  });
  return {
    ...observed,
    read: (frame) => copy.read({ number: sequenceOf(frame.number), bytes: frame.bytes }),
  };
}
