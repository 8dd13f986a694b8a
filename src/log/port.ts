/**
 * The log port: where frames are kept and in which order.
 *
 * A log is a sequence of byte strings numbered from 1 without gaps. Every implementation passes the one contract suite
 * in `test/contract/`. Two roles extend it: `OrderedLog`, which decides the order for everybody (JetStream), and
 * `NodeStore`, which keeps one node's full copy together with its projection rows (LevelDB).
 */
export interface Entry {
  readonly number: number;
  readonly bytes: Uint8Array;
}

export interface Log {
  /** Number of the last entry, 0 when there is none. */
  last(): Promise<number>;
  /**
   * Compare-and-set: stores `bytes` as entry `number`.
   * @param id names the content, where the log can use a name to recognise a repeat.
   * @throws {LogConflict} unless `number` is the next one. @throws {OutcomeUnknown} when it cannot tell.
   */
  append(bytes: Uint8Array, number: number, id?: string): Promise<void>;
  /** The entry's bytes, undefined where there is none. */
  read(number: number): Promise<Uint8Array | undefined>;
  /** Entries `from` to `to` inclusive, as far as they exist now. */
  range(from: number, to?: number): AsyncIterable<Entry>;
}

/** Another entry stands, or is missing, where this one was expected: this call stored nothing, an earlier one may have. */
export class LogConflict extends Error {
  override readonly name = 'LogConflict';
}

/** The entry may or may not be stored, now or later: what stands at its number will tell. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** There is no such log any more. */
export class LogGone extends Error {
  override readonly name = 'LogGone';
}

/** What is stored cannot be read, or is not what was written: the store is good as evidence only. */
export class StoreCorrupt extends Error {
  override readonly name = 'StoreCorrupt';
}

/** The log as everybody sees it. Entry numbers are the stream's sequences, which start anew in each generation. */
export interface OrderedLog extends Log {
  /** Brings every entry after `after`, in order and without gaps, until stopped; survives the server's restart. */
  follow(after: number, reader: LogReader): Following;
}

/** The streams of all generations, as the broker has them. */
export interface OrderedLogs {
  /** The highest generation that has a stream, 0 when there is none. */
  newest(): Promise<number>;
  /** The stream of a generation, made where it is missing if `create`; else undefined. */
  open(generation: number, create: boolean): Promise<OrderedLog | undefined>;
}

export interface LogReader {
  /** Awaited before the next entry comes: a slow reader is not flooded. */
  entry(entry: Entry): Promise<void> | void;
  /** The log ends before what was read, or is gone. Nothing comes any more. */
  lost(reason: string): void;
}

export interface Following {
  stop(): void;
}

/** What a node has bound itself to, and whether its copy can be counted on; kept through every crash. */
export interface Standing {
  /** Nothing of a lower generation is stored, acknowledged or led any more. */
  readonly promised: number;
  /** Whom that generation was granted to, for seeding it; empty when it was only joined. */
  readonly grantedTo: string;
  /**
   * Everything that this node ever acknowledged is here. False for a new copy, and for one whose last writes may have
   * gone with the power, until it has caught up.
   */
  readonly complete: boolean;
}

/** Where a node stands in log and projections; stored with every batch, so a crash never separates them. */
export interface Bookmark {
  /** The sequence of the last stored frame in the stream of its generation, 0 when it came from a peer. */
  readonly sequence: number;
  /** Number and last position of the last projected frame, and the state hash and projection version there. */
  readonly mark: Mark;
}

export interface Mark {
  readonly number: number;
  readonly position: number;
  readonly state: string;
  readonly version: number;
}

/** Written as one: all of it is there after a crash, or nothing. */
export interface StoreBatch {
  readonly entries: readonly Entry[];
  /** Rows to put, or to remove where the text is null. */
  readonly rows: readonly (readonly [key: string, text: string | null])[];
  readonly bookmark: Bookmark;
}

export interface RowRange {
  /** First and last key, inclusive. */
  readonly from: string;
  readonly to: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** One node's own copy: the log, the rows projected from it, and the bookmark, in one atomic store. */
export interface NodeStore extends Log {
  /** Undefined before the first batch. */
  readonly bookmark: Bookmark | undefined;
  readonly standing: Standing;
  /** Synced: it stands when this resolves, and with it everything written before. */
  stand(standing: Standing): Promise<void>;
  write(batch: StoreBatch, options: { readonly sync: boolean }): Promise<void>;
  /** Removes every entry above `after`, which is not below the mark. Synced. */
  truncate(after: number): Promise<void>;
  readRow(key: string): string | undefined;
  rangeRows(range: RowRange): Promise<[key: string, text: string][]>;
  /** All rows and the bookmark they belong to, as of one moment, whatever is written meanwhile. */
  scanRows(): Promise<{
    bookmark: Bookmark | undefined;
    rows: AsyncIterable<readonly [key: string, text: string]>;
  }>;
  /** Removes every row, to fold the log again from the start. */
  clearRows(): Promise<void>;
  /** A small synced write: shows that this disk still takes writes. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

/** Where a node's copy lies. */
export interface StorePlace {
  /** Opens what is there, an empty store where nothing is; closes what was open. @throws {StoreCorrupt} */
  open(): Promise<NodeStore>;
  /** Keeps what is there elsewhere, as evidence: the next `open` finds nothing. @returns where it is kept. */
  setAside(): Promise<string>;
  /** Gives `use` an empty store on the same disk, which is removed afterwards. */
  withScratch<T>(use: (scratch: NodeStore) => Promise<T>): Promise<T>;
}
