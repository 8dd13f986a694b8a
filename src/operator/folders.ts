/** What a cluster's data folder holds. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Ids of the nodes that have a folder there; none where there is no such folder. */
export async function nodesIn(data: string): Promise<string[]> {
  return (await readdir(join(data, 'nodes')).catch(() => [])).sort();
}
