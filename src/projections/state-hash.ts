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

export type RowDigest = Uint32Array;

export class StateHash {
  readonly #lanes: Uint32Array;

  /** @param hex 64 hexadecimal digits, as `hex` gives them; none for no rows. */
  constructor(hex = '0'.repeat(64)) {
    this.#lanes = lanes(Buffer.from(hex, 'hex'));
  }

  add(row: RowDigest): void {
    for (let i = 0; i < 8; i++) this.#lanes[i]! += row[i]!;
  }

  subtract(row: RowDigest): void {
    for (let i = 0; i < 8; i++) this.#lanes[i]! -= row[i]!;
  }

  get hex(): string {
    return Buffer.from(this.#lanes.buffer).toString('hex');
  }
}

export function rowDigest(key: string, text: string): RowDigest {
  return lanes(hash('sha256', `${key}\0${text}`, 'buffer'));
}

/** A copy of 32 bytes as lanes, aligned whatever the buffer's offset was. */
function lanes(bytes: Buffer): Uint32Array {
  const aligned = new Uint8Array(32);
  aligned.set(bytes);
  return new Uint32Array(aligned.buffer);
}
