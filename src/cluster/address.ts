/** Where a data folder's own server listens, so that nobody has to repeat the port. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const fileName = 'address';

export async function rememberAddress(data: string, url: string): Promise<void> {
  await writeFile(join(data, fileName), `${url}\n`, { mode: 0o600 });
}

/** @returns undefined where no cluster was ever started in that folder. */
export async function rememberedAddress(data: string): Promise<string | undefined> {
  const text = await readFile(join(data, fileName), 'utf8').catch(() => '');
  return text.trim() || undefined;
}
