/** Folders of the real disk. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * With all folders above it, where they are missing; others may make the same ones meanwhile. Node's own `recursive` never
 * returns where the folder above is there and yet says that it is not, as /proc does.
 * @param mode of those that are made, less the process's own mask.
 * @throws {Error} of the file system: EEXIST where something else stands, ENOENT where none can be made.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(resolve(path));
  if (!(await isFolder(parent))) await makeFolder(parent, mode);
  await mkdir(path, { mode }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || !(await isFolder(path))) throw error;
  });
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found?.isDirectory() ?? false;
}
