/**
 * Rows: what projections keep, as JSON values under string keys.
 *
 * Two kinds. *Changing* rows (an account, a session) are put and deleted; *lasting* rows (a queue item, the answer to
 * a command) are added once and never touched again. The difference is worth its name: nothing ever has to look up
 * what a lasting row was before, neither to hash nor to cache it.
 *
 * A value is never mutated after it was handed over, with one exception that spares a copy for every event: a lasting row
 * may grow in the layer that added it, until the layer's frame ends.
 */
export type Value = string | number | object;

export interface Rows {
  get(key: string): Value | undefined;
}

export interface RowWriter extends Rows {
  put(key: string, value: Value): void;
  delete(key: string): void;
  add(key: string, value: Value): void;
  /** A lasting row that this very layer added, and may still let grow. */
  added(key: string): Value | undefined;
}

/** Changes on top of other rows: of one frame on a leader, of many at once when a log is read again. */
export class Layer implements RowWriter {
  #base: Rows;
  /** Changing rows; null marks a deletion. */
  readonly changed = new Map<string, Value | null>();
  #added = new Map<string, Value>();

  constructor(base: Rows) {
    this.#base = base;
  }

  get(key: string): Value | undefined {
    const own = this.changed.get(key) ?? this.#added.get(key);
    if (own !== undefined) return own;
    return this.changed.has(key) ? undefined : this.#base.get(key);
  }

  /** Everything in this layer is stored in `rows` now: it becomes transparent, for the layers built on it. */
  settle(rows: Rows): void {
    this.#base = rows;
    this.changed.clear();
    this.#added.clear();
  }

  put(key: string, value: Value): void {
    this.changed.set(key, value);
  }

  delete(key: string): void {
    this.changed.set(key, null);
  }

  add(key: string, value: Value): void {
    this.#added.set(key, value);
  }

  added(key: string): Value | undefined {
    return this.#added.get(key);
  }

  get additions(): ReadonlyMap<string, Value> {
    return this.#added;
  }

  /** Hands the lasting rows over to be written, and keeps the changing ones. */
  takeAdditions(): ReadonlyMap<string, Value> {
    const taken = this.#added;
    this.#added = new Map();
    return taken;
  }
}

/** Several layers as one, the last word on each row winning. */
export function mergeLayers(layers: readonly Layer[], base: Rows): Layer {
  const [only] = layers;
  if (only && layers.length === 1) return only;
  const merged = new Layer(base);
  for (const layer of layers) {
    for (const [key, value] of layer.changed) merged.changed.set(key, value);
    for (const [key, value] of layer.additions) merged.add(key, value);
  }
  return merged;
}

/** A family of rows of one shape: the only place where a row gets its type. */
export class Table<V extends Value> {
  readonly #prefix: string;

  constructor(name: string) {
    this.#prefix = `${name}/`;
  }

  key(first = '', ...others: readonly string[]): string {
    let key = this.#prefix + first;
    for (const part of others) key += `/${part}`;
    return key;
  }

  /** What follows the table's name and `parts` in a key. */
  rest(key: string, ...parts: readonly string[]): string {
    return key.slice(this.key(...parts, '').length);
  }

  get(rows: Rows, ...parts: readonly string[]): V | undefined {
    return rows.get(this.key(...parts)) as V | undefined; // only this table writes under its prefix
  }

  /** As `RowWriter.added`. */
  added(rows: RowWriter, ...parts: readonly string[]): V | undefined {
    return rows.added(this.key(...parts)) as V | undefined;
  }
}

/** Positions and frame numbers in keys: fixed width, so that keys sort as numbers do. */
export function numberKey(value: number): string {
  return String(value).padStart(12, '0');
}
