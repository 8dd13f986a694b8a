/** Questions to a copy that no node has open. */
import { Frame } from '../events/frame.ts';
import type { NodeStore } from '../log/port.ts';
import type { Rows, Value } from '../projections/rows.ts';
import { clusterTable } from '../projections/tables.ts';

/** The rows as they are stored. */
export function rowsAtRest(store: NodeStore): Rows {
  return {
    get: (key) => {
      const text = store.readRow(key);
      return text === undefined ? undefined : (JSON.parse(text) as Value);
    },
  };
}

/** Of the cluster, as this copy knows it; none where it knows of no cluster yet. */
export function membersAtRest(store: NodeStore): readonly string[] {
  return clusterTable.get(rowsAtRest(store))?.members ?? [];
}

/** How far the log can be read at all, whatever ends it. */
export async function readableAtRest(store: NodeStore): Promise<{ frames: number; events: number }> {
  const end = { frames: 0, events: 0 };
  try {
    for await (const { number, bytes } of store.range(1)) {
      end.events = Frame.decode(bytes).last;
      end.frames = number;
    }
  } catch {
    // that is where it ends
  }
  return end;
}
