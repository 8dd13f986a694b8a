/**
 * Folding a log's committed frames into rows from the start: when the rows on disk are of another projection version,
 * and when a copy is verified.
 *
 * Nothing reads the rows meanwhile and a crash begins anew, so changing rows stay in memory and are written once, at the
 * end or when they become too many. Lasting rows go out in portions while the next one is folded.
 */
import { Frame } from '../events/frame.ts';
import type { Bookmark, Log, Mark, NodeStore } from '../log/port.ts';
import type { Journal } from '../ports/journal.ts';
import { CommittedRows, type RowChange } from '../projections/committed.ts';
import { PROJECTION_VERSION, project } from '../projections/project.ts';
import { Layer, type Rows, type Value } from '../projections/rows.ts';
import { StateHash } from '../projections/state-hash.ts';
import { storedEvents } from '../projections/stored.ts';

const eventsPerPortion = 10_000;
/** Some 200 MB; a log of more users than this is folded in several rounds. */
const changedRowsMax = 400_000;

export const emptyMark: Mark = {
  number: 0,
  position: 0,
  state: new StateHash().hex,
  version: PROJECTION_VERSION,
};

export interface RebuildOptions {
  readonly store: NodeStore;
  readonly journal: Journal;
  /** Sync every write to the disk. */
  readonly sync: boolean;
}

/** @returns the mark, as it stands when the rows are of the present version. */
export async function rebuildRows({ store, journal, sync }: RebuildOptions): Promise<Mark> {
  const before = store.bookmark?.mark ?? emptyMark;
  if (before.version === PROJECTION_VERSION) return before;
  journal.notice(`folding ${before.position} events into rows of version ${PROJECTION_VERSION}`);
  await store.clearRows();
  const state = await foldLog({
    log: store,
    upTo: before,
    into: store,
    sync,
    progress: (position) => {
      const percent = Math.floor((100 * position) / before.position);
      journal.notice(`folded ${position} of ${before.position} events (${percent} %)`);
    },
  });
  return { ...before, state, version: PROJECTION_VERSION };
}

export interface FoldOptions {
  readonly log: Log;
  readonly upTo: Mark;
  /** Where the rows go. It holds none yet. */
  readonly into: NodeStore;
  readonly sync: boolean;
  progress?(position: number): void;
}

/** @returns the state hash at `upTo`. */
export async function foldLog({ log, upTo, into, sync, progress }: FoldOptions): Promise<string> {
  const rows = new CommittedRows((key) => into.readRow(key));
  const sequence = into.bookmark?.sequence ?? 0;
  // The bookmark stays the old one until all is folded: a crash on the way begins anew.
  const unfinished: Bookmark = into.bookmark ?? { sequence, mark: { ...emptyMark, version: 0 } };
  const write = (changes: readonly RowChange[], bookmark = unfinished) =>
    into.write({ entries: [], rows: changes, bookmark }, { sync });

  let inFlight: ReadonlyMap<string, Value> = new Map();
  const base: Rows = { get: (key) => inFlight.get(key) ?? rows.get(key) };
  const layer = new Layer(base);
  let writing: Promise<void> = Promise.resolve();
  let position = 0;
  for await (const { bytes } of log.range(1, upTo.number)) {
    const frame = Frame.decode(bytes);
    for (const stored of storedEvents(frame)) project(layer, stored);
    if (frame.last - position < eventsPerPortion) continue;
    position = frame.last;
    await writing;
    inFlight = layer.takeAdditions();
    writing = write(rows.absorbAdditions(inFlight));
    writing.catch(() => undefined); // thrown where it is awaited
    if (layer.changed.size > changedRowsMax) {
      await writing;
      await write(rows.absorb(layer));
      rows.written();
      layer.settle(base);
    }
    progress?.(position);
  }
  await writing;
  const changes = rows.absorb(layer);
  await write(changes, { sequence, mark: { ...upTo, state: rows.stateHash, version: PROJECTION_VERSION } });
  return rows.stateHash;
}
