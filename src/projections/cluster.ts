/** The cluster as the log knows it: generation, epoch, who leads, who belongs to it. */
import type { RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { clusterTable } from './tables.ts';

export function foldCluster(rows: RowWriter, { event, epoch }: StoredEvent): void {
  if (event.type === 'Seeded') {
    const { generation, members, copies } = event.data;
    rows.put(clusterTable.key(), { generation, epoch, leader: '', members, copies });
  } else if (event.type === 'LeaderElected') {
    const { node, members, copies } = event.data;
    const generation = clusterTable.get(rows)?.generation ?? 1;
    rows.put(clusterTable.key(), { generation, epoch, leader: node, members, copies });
  }
}
