/** What a cluster's data folder holds. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Beside a node's folder lies what it kept as evidence, under a name that no node can have. */
export function isNodeId(name: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(name);
}

/** Ids of the nodes that have a folder there; none where there is no such folder. */
export async function nodesIn(data: string): Promise<string[]> {
  return (await readdir(join(data, 'nodes')).catch(() => [])).filter(isNodeId).sort();
}
