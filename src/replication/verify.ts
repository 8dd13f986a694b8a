/**
 * Verifying one copy: the chain of frames byte for byte, and the rows against the state hash that was kept for them.
 *
 * With a scratch store it goes further and folds the whole log anew, so that rows and hash are checked against the log
 * itself and not only against each other.
 */
import { Frame } from '../events/frame.ts';
import type { Mark, NodeStore } from '../log/port.ts';
import { PROJECTION_VERSION } from '../projections/project.ts';
import { rowDigest, StateHash } from '../projections/state-hash.ts';
import { emptyMark, foldLog } from './rebuild.ts';
import { emptyTail, examine, tailOf } from './tail.ts';

type Pause = () => Promise<void>;

const framesPerPause = 16;
const rowsPerPause = 1_000;

export interface Verification {
  readonly frames: number;
  readonly events: number;
  readonly ok: boolean;
  /** Position of the first event that cannot be trusted. */
  readonly first_bad?: number;
  readonly reason?: string;
}

export interface VerifyOptions {
  /** An empty store, if the log shall be folded anew. */
  readonly scratch?: NodeStore;
  /** Awaited now and then, by who has other things to do as well. */
  pause?(): Promise<void>;
}

export async function verifyStore(
  store: NodeStore,
  { scratch, pause = async () => undefined }: VerifyOptions = {},
): Promise<Verification> {
  const { mark, sum } = await sumRows(store, pause); // first: the log of a node that goes on writing only grows meanwhile
  const chain = await verifyChain(store, await store.last(), pause);
  if (!chain.ok) return chain;
  const bad = (reason: string): Verification => ({ ...chain, ok: false, first_bad: mark.position, reason });
  if (mark.number > chain.frames) return bad(`the rows are those of frame ${mark.number}, which is missing`);
  if (sum !== mark.state) return bad('the rows are not those that the state hash was kept for');
  if (!scratch || mark.version !== PROJECTION_VERSION) return chain;
  const folded = await foldLog({ log: store, upTo: mark, into: scratch, sync: false });
  return folded === mark.state ? chain : bad('the log folds into other rows than those kept');
}

async function verifyChain(store: NodeStore, last: number, pause: Pause): Promise<Verification> {
  let tail = emptyTail;
  let tailFirst = 1;
  const bad = (reason: string, first = tail.position + 1): Verification => {
    return { frames: tail.number, events: tail.position, ok: false, first_bad: first, reason };
  };
  for await (const { number, bytes } of store.range(1, last)) {
    try {
      const frame = Frame.decode(bytes);
      const { prev, position } = frame.header;
      const verdict = examine(tail, frame);
      // Where the chain is broken either frame may have been changed: from the earlier one on nothing can be trusted.
      const isBroken = number === tail.number + 1 && prev !== tail.hash;
      if (typeof verdict === 'object') return bad(verdict.damage, isBroken ? tailFirst : undefined);
      if (verdict !== 'next' || number !== frame.number) return bad(`frame ${number} is out of place`);
      frame.events();
      tail = tailOf(frame);
      tailFirst = position;
      if (number % framesPerPause === 0) await pause();
    } catch (error) {
      return bad(`frame ${number} cannot be read: ${(error as Error).message}`);
    }
  }
  if (last !== tail.number) return bad(`frame ${tail.number + 1} is missing`);
  return { frames: tail.number, events: tail.position, ok: true };
}

/** Of one snapshot of the store: a node that goes on writing meanwhile does not disturb. */
async function sumRows(store: NodeStore, pause: Pause): Promise<{ mark: Mark; sum: string }> {
  const { bookmark, rows } = await store.scanRows();
  const sum = new StateHash();
  let count = 0;
  for await (const [key, text] of rows) {
    sum.add(rowDigest(key, text));
    if (++count % rowsPerPause === 0) await pause();
  }
  return { mark: bookmark?.mark ?? emptyMark, sum: sum.hex };
}
