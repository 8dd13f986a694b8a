/**
 * Mixes: which faults are drawn, how often, and what may be lost. A safeguard that guards against something rare is
 * missed sooner where that is frequent; what finds it are the usual checks.
 */
import type { Weights } from './faults.ts';
import type { Safeguard } from './safeguards.ts';

export interface Mix {
  readonly weights: Weights;
  /** Instead of what the seed draws. */
  readonly sync?: boolean;
  readonly minCopies?: number;
  readonly losses?: 'power' | 'stream' | 'both';
  /** Mean time from one fault to the next, where it is not left to the seed. */
  readonly everyMs?: number;
  /** The server stores what a fenced leader sent long ago. */
  readonly storesStale?: boolean;
}

const usual: Weights = {
  kill: 6,
  stop: 1,
  pause: 4,
  sever: 3,
  block: 3,
  'slow-network': 2,
  'slow-disk': 1,
  'disk-full': 1,
  'disk-read-only': 0.5,
  rot: 0.5,
  'wrong-fold': 1,
  wipe: 0.5,
  blackout: 0.5,
  'wall-jump': 1,
  'stuck-consumer': 1,
  'append-trouble': 3,
  'hung-stream': 1,
  'server-restart': 1,
  'stream-lost': 1,
  'stream-cut': 1,
  'stream-hidden': 0.5,
  'kill-client': 1,
  'pause-client': 1,
  'sever-client': 1,
  'block-client': 1,
};

export const usualMix: Mix = { weights: usual };

const away: Weights = { kill: 4, pause: 2, sever: 2, block: 2, 'slow-network': 1 };

/** Where nothing is said, the usual mix is quick enough. */
export const mixes: Readonly<Partial<Record<Safeguard, Mix>>> = {
  'epoch-rule': {
    weights: { ...away, 'append-trouble': 12 },
    losses: 'power',
    storesStale: true,
    everyMs: 600,
  },
  'count-of-pledges': {
    weights: { kill: 6, sever: 6, block: 3, 'stream-lost': 4 },
    losses: 'stream',
    minCopies: 1,
    everyMs: 400,
  },
  // Much has to be under way when something of it is lost: so everybody is late rather than gone.
  'order-per-client': {
    weights: { pause: 12, 'pause-client': 6, 'slow-network': 3 },
    everyMs: 400,
  },
  'hash-check': { weights: { ...away, 'wrong-fold': 4 } },
  fsync: { weights: { ...away, blackout: 4, 'stream-lost': 2 }, sync: true },
  seal: {
    weights: { ...away, 'stream-hidden': 4, 'stream-cut': 10, 'hung-stream': 2 },
    losses: 'stream',
    everyMs: 300,
  },
  seam: {
    weights: { kill: 6, 'slow-network': 3, 'stream-cut': 10, 'stream-hidden': 3 },
    losses: 'stream',
    everyMs: 500,
  },
};
