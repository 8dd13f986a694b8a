/** What a cluster's data folder holds. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** Beside a node's folder lies what it kept as evidence, under a name that no node can have. */
export function isNodeId(name: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(name);
}

/** Ids of the nodes that have a folder there; none where there is no such folder. */
export async function nodesIn(data: string): Promise<string[]> {
  return (await readdir(join(data, 'nodes')).catch(() => [])).filter(isNodeId).sort();
}

/** LevelDB would make a new database of any folder. One whose `CURRENT` is lost is a damaged one. */
export async function isStore(folder: string): Promise<boolean> {
  const files: string[] = await readdir(folder).catch(() => []);
  return files.some((file) => file === 'CURRENT' || file.startsWith('MANIFEST-'));
}

/** @returns the folder of the cluster that a folder belongs to, and the node whose own it is, by where it lies. */
export async function placeIn(
  folder: string,
): Promise<{ readonly data: string; readonly node: string | undefined }> {
  const parent = dirname(resolve(folder));
  const node = basename(resolve(folder));
  const isNodes = basename(parent) === 'nodes' && isNodeId(node) && (await isStore(folder));
  return isNodes ? { data: dirname(parent), node } : { data: folder, node: undefined };
}
