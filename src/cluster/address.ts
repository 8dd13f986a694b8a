/** Where a data folder's own servers listen, so that nobody has to repeat the ports. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const fileName = 'address';

export async function rememberServers(data: string, urls: readonly string[]): Promise<void> {
  await writeFile(join(data, fileName), `${urls.join(',')}\n`, { mode: 0o600 });
}

/** @returns undefined where no cluster was ever started in that folder. */
export async function rememberedServers(data: string): Promise<readonly string[] | undefined> {
  const text = (await readFile(join(data, fileName), 'utf8').catch(() => '')).trim();
  return text ? text.split(',') : undefined;
}
