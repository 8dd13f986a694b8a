/** Folders of the real disk. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * With all folders above it, where they are missing. Node's own `recursive` never returns where the folder above is there
 * and yet says that it is not, as /proc does.
 * @throws {Error} of the file system.
 */
export async function makeFolder(path: string): Promise<void> {
  const parent = dirname(resolve(path));
  if (await isFolder(path)) return;
  if (!(await isFolder(parent))) await makeFolder(parent);
  await mkdir(path);
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found?.isDirectory() ?? false;
}
