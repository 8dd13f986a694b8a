/**
 * Folding a log's committed frames into rows from the start: when the rows on disk are of another projection version,
 * and when a copy is verified.
 *
 * Portions of some thousand events are folded while the portion before is being written, so that the work of this
 * thread and of the disk overlap.
 */
import { Frame } from '../events/frame.ts';
import type { Bookmark, Log, Mark, NodeStore } from '../log/port.ts';
import { CommittedRows } from '../projections/committed.ts';
import { PROJECTION_VERSION, project } from '../projections/project.ts';
import { Layer } from '../projections/rows.ts';
import { StateHash } from '../projections/state-hash.ts';
import { storedEvents } from '../projections/stored.ts';
import type { CopyOptions } from './copy.ts';

const eventsPerPortion = 10_000;
/** Far more than a running node needs: all actors come by again and again, and nothing else is going on. */
const cachedRows = 250_000;

export const emptyMark: Mark = { number: 0, position: 0, state: new StateHash().hex, version: PROJECTION_VERSION };

/** @returns the mark, as it stands when the rows are of the present version. */
export async function rebuildRows({ store, journal, sync }: CopyOptions): Promise<Mark> {
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
  const rows = new CommittedRows((key) => into.readRow(key), undefined, cachedRows);
  const sequence = into.bookmark?.sequence ?? 0;
  // The bookmark stays the old one until all is folded: a crash on the way begins anew.
  const unfinished: Bookmark = into.bookmark ?? { sequence, mark: { ...emptyMark, version: 0 } };
  let folding = new Layer(rows);
  let position = 0;
  let writing: Promise<void> = Promise.resolve();
  const writePortion = async (bookmark: () => Bookmark) => {
    await writing;
    const written = folding;
    folding = new Layer(written); // folds go on upon what is being written
    const changes = rows.absorb(written);
    writing = into
      .write({ entries: [], rows: changes, bookmark: bookmark() }, { sync })
      .then(() => written.settle(rows));
  };
  for await (const { bytes } of log.range(1, upTo.number)) {
    const frame = Frame.decode(bytes);
    for (const stored of storedEvents(frame)) project(folding, stored);
    if (frame.last - position < eventsPerPortion) continue;
    position = frame.last;
    await writePortion(() => unfinished);
    progress?.(position);
  }
  await writePortion(() => ({ sequence, mark: { ...upTo, state: rows.stateHash, version: PROJECTION_VERSION } }));
  await writing;
  return rows.stateHash;
}
