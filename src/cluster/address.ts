/** Where a data folder's own servers listen and whose certificates to trust, so that nobody has to repeat it. */

import { existsSync } from 'node:fs';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const fileName = 'address';
const trustName = 'tls-ca.pem';

/** @param ca a file with certificates to trust; those of the system where it is left out. */
export async function rememberServers(data: string, urls: readonly string[], ca?: string): Promise<void> {
  const trusted = join(data, trustName);
  if (ca === undefined) await rm(trusted, { force: true });
  else if (resolve(ca) !== resolve(trusted)) await copyFile(ca, trusted);
  await writeFile(join(data, fileName), `${urls.join(',')}\n`, { mode: 0o600 });
}

/** @returns undefined where no cluster was ever started in that folder. */
export async function rememberedServers(data: string): Promise<readonly string[] | undefined> {
  const text = (await readFile(join(data, fileName), 'utf8').catch(() => '')).trim();
  return text ? text.split(',') : undefined;
}

/** @returns the file with certificates to trust, where the cluster of that folder has its own. */
export function rememberedTrust(data: string): string | undefined {
  const path = join(data, trustName);
  return existsSync(path) ? path : undefined;
}
