/** Projections the plain way, as the measure for all others: one event after the other, into one map, hashed as a whole. */
import { project } from '../../src/projections/project.ts';
import type { RowWriter, Value } from '../../src/projections/rows.ts';
import { rowDigest, StateHash } from '../../src/projections/state-hash.ts';
import type { StoredEvent } from '../../src/projections/stored.ts';

export class PlainRows implements RowWriter {
  readonly #texts = new Map<string, string>();
  /** Lasting rows of the present frame, which may still grow. */
  readonly #growing = new Map<string, Value>();

  get(key: string): Value | undefined {
    if (this.#growing.has(key)) return this.#growing.get(key);
    const text = this.#texts.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  }

  put(key: string, value: Value): void {
    this.#texts.set(key, JSON.stringify(value));
  }

  delete(key: string): void {
    this.#texts.delete(key);
  }

  add(key: string, value: Value): void {
    if (this.#texts.has(key)) throw new Error(`${key} was added before`);
    this.put(key, value);
    this.#growing.set(key, value);
  }

  added(key: string): Value | undefined {
    return this.#growing.get(key);
  }

  /** The present frame ends: what it added grows no more. */
  endFrame(): void {
    for (const [key, value] of this.#growing) this.put(key, value);
    this.#growing.clear();
  }

  /** Sorted by key, as they would be stored. */
  texts(): [key: string, text: string][] {
    return [...this.#texts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  get stateHash(): string {
    return hashOf(this.#texts);
  }
}

export function foldPlainly(frames: Iterable<Iterable<StoredEvent>>): PlainRows {
  const rows = new PlainRows();
  for (const events of frames) {
    for (const event of events) project(rows, event);
    rows.endFrame();
  }
  return rows;
}

/** The state hash of stored rows, from scratch. */
export function hashOf(rows: Iterable<readonly [key: string, text: string]>): string {
  const hash = new StateHash();
  for (const [key, text] of rows) hash.add(rowDigest(key, text));
  return hash.hex;
}
