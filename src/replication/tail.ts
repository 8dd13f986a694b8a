/** The end of a log, and whether a frame may come after it. */
import { type Frame, GENESIS_HASH } from '../events/frame.ts';

export interface Tail {
  readonly generation: number;
  readonly epoch: number;
  readonly number: number;
  /** Of the last event. */
  readonly position: number;
  readonly hash: string;
  /** Lamport clock and stamp of the last event. */
  readonly clock: number;
  readonly at: number;
}

export const emptyTail: Tail = {
  generation: 0,
  epoch: 0,
  number: 0,
  position: 0,
  hash: GENESIS_HASH,
  clock: 0,
  at: 0,
};

export function tailOf(frame: Frame): Tail {
  const { generation, epoch, number, clock, count } = frame.header;
  const at = frame.event(count - 1).at;
  return { generation, epoch, number, position: frame.last, hash: frame.hash, clock: clock + count - 1, at };
}

/**
 * `next`: store it. `known`: it stands in the log already. `stale`: a leader that was fenced spoke after the one that
 * fenced it; readers ignore it. Anything else is damage, in words.
 */
export type Verdict = 'next' | 'known' | 'stale' | { readonly damage: string };

export function examine(tail: Tail, frame: Frame): Verdict {
  const { generation, epoch, number, prev, position } = frame.header;
  if (generation < tail.generation || (generation === tail.generation && epoch < tail.epoch)) return 'stale';
  if (number === tail.number && frame.hash === tail.hash) return 'known';
  if (number !== tail.number + 1) return { damage: `frame ${number} follows frame ${tail.number}` };
  if (prev !== tail.hash) return { damage: `frame ${number} does not continue the chain` };
  if (position !== tail.position + 1)
    return { damage: `frame ${number} begins at position ${position} after ${tail.position}` };
  return examineOffice(tail, frame);
}

/** A generation begins with being seeded, an epoch with an election, and each once. */
function examineOffice(tail: Tail, frame: Frame): Verdict {
  const { generation, epoch, number, clock, leader } = frame.header;
  const { type, at, data } = frame.event(0);
  if (at < tail.at) return { damage: `frame ${number} goes back in time` };
  if (clock <= tail.clock)
    return { damage: `frame ${number} has a Lamport clock that does not exceed ${tail.clock}` };
  if (type === 'LeaderElected' && data.node !== leader)
    return { damage: `frame ${number} elects ${data.node}, but ${leader} wrote it` };
  if (type === 'Seeded' && number > 1 && epoch <= tail.epoch)
    return {
      damage: `frame ${number} seeds generation ${generation} in epoch ${epoch}, after ${tail.epoch}`,
    };
  if ((type === 'Seeded') !== generation > tail.generation) {
    return { damage: `frame ${number} is of generation ${generation}, which was not seeded there` };
  }
  if (type !== 'Seeded' && (type === 'LeaderElected') !== epoch > tail.epoch) {
    return { damage: `frame ${number} is of epoch ${epoch}, which nobody was elected for there` };
  }
  return 'next';
}

/** The first frame of an epoch says who leads it; the first of a generation what it builds on. */
export function opensEpoch(frame: Frame): boolean {
  const { type } = frame.event(0);
  return type === 'LeaderElected' || type === 'Seeded';
}
