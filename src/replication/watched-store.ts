/**
 * A store that tells when something in it turns out to be unreadable, whoever it was that read: a leader that decides,
 * a reader that answers, a peer that is served. What one of them cannot read is lost to all, so the copy is replaced at
 * once, instead of being found again and again by those who can only say "not now".
 */
import { type Entry, type NodeStore, type RowRange, type Standing, StoreCorrupt } from '../log/port.ts';

export function watchStore(store: NodeStore, found: (corruption: StoreCorrupt) => void): NodeStore {
  const tell = (error: unknown): never => {
    if (error instanceof StoreCorrupt) found(error);
    throw error;
  };
  return {
    get bookmark() {
      return store.bookmark;
    },
    get standing() {
      return store.standing;
    },
    last: () => store.last(),
    append: (bytes, number, id) => store.append(bytes, number, id),
    read: (number) => store.read(number).catch(tell),
    range: (from, to) => rangeOf(store, from, to, tell),
    stand: (standing: Standing) => store.stand(standing),
    write: (batch, options) => store.write(batch, options),
    truncate: (after) => store.truncate(after),
    readRow: (key) => {
      try {
        return store.readRow(key);
      } catch (error) {
        return tell(error);
      }
    },
    rangeRows: (range: RowRange) => store.rangeRows(range).catch(tell),
    scanRows: () => store.scanRows().catch(tell),
    clearRows: () => store.clearRows(),
    probe: () => store.probe(),
    close: () => store.close(),
  };
}

async function* rangeOf(
  store: NodeStore,
  from: number,
  to: number | undefined,
  tell: (error: unknown) => never,
): AsyncIterable<Entry> {
  try {
    yield* store.range(from, to);
  } catch (error) {
    tell(error);
  }
}
