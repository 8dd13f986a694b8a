/** The cluster as the log knows it: generation, epoch, who leads, who belongs to it, how many copies make a commit. */
import type { RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { type Cluster, clusterTable } from './tables.ts';

export function foldCluster(rows: RowWriter, { event, epoch }: StoredEvent): void {
  const put = (cluster: Cluster) => rows.put(clusterTable.key(), cluster);
  if (event.type === 'Seeded') {
    const { generation, members, copies, minCopies } = event.data;
    put({ generation, epoch, leader: '', members, copies, wanted: copies, minCopies });
    return;
  }
  const before = clusterTable.get(rows);
  if (!before) return;
  if (event.type === 'LeaderElected') {
    const { node, members, copies } = event.data;
    put({ ...before, epoch, leader: node, members, copies });
  } else if (event.type === 'CopiesChanged') {
    put({ ...before, copies: event.data.copies });
  }
}
