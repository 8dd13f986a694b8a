/**
 * The state hash: one number that all replicas agree on at equal positions.
 *
 * Hashing all rows anew at each commit would cost as much as reading them, so the hash is a sum: each row's SHA-256
 * is cut into eight 32-bit lanes that are added up without carry. A row that comes is added, one that goes is
 * subtracted, order does not matter, and any way of folding the same events in portions gives the same sum. (The
 * construction is known as a multiset hash: Bellare and Micciancio 1997, Clarke et al. 2003.) Rows are written by
 * our own folds, so it has to find divergence and damage, not an adversary: against tampering stands the frames' chain.
 */
import { hash } from 'node:crypto';

/** The 32 bytes of a SHA-256, one a character (latin1): a short string is the cheapest way to keep and hand them on. */
export type RowDigest = string;

export class StateHash {
  readonly #lanes: Uint32Array;

  /** @param hex 64 hexadecimal digits, as `hex` gives them; none for no rows. */
  constructor(hex = '0'.repeat(64)) {
    this.#lanes = new Uint32Array(8);
    this.add(Buffer.from(hex, 'hex').toString('latin1'));
  }

  add(row: RowDigest): void {
    for (let lane = 0; lane < 8; lane++) this.#lanes[lane]! += laneOf(row, lane);
  }

  subtract(row: RowDigest): void {
    for (let lane = 0; lane < 8; lane++) this.#lanes[lane]! -= laneOf(row, lane);
  }

  get hex(): string {
    return Buffer.from(this.#lanes.buffer).toString('hex');
  }
}

export function rowDigest(key: string, text: string): RowDigest {
  return hash('sha256', `${key}\0${text}`, 'binary');
}

/** Little-endian, as typed arrays are on every platform that Node runs on. */
function laneOf(row: RowDigest, lane: number): number {
  const at = 4 * lane;
  return (
    row.charCodeAt(at) |
    (row.charCodeAt(at + 1) << 8) |
    (row.charCodeAt(at + 2) << 16) |
    (row.charCodeAt(at + 3) << 24)
  );
}
