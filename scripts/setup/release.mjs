import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The project's own release. The checksums come from the same place as the archive, so they catch
 * a damaged download, not a dishonest host. The steps are tested with a stand-in for the network;
 * the download itself has not been tried.
 */

const VERSION = '2.15.1';
const RELEASES = 'https://github.com/nats-io/nats-server/releases/download';
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64', arm: 'arm7', ia32: '386' };
const SYSTEMS = { linux: 'linux', darwin: 'darwin', win32: 'windows', freebsd: 'freebsd' };

/**
 * @param {{ platform?: string, arch?: string, get?: (url: string, timeoutMs: number) => Promise<Buffer> }} [options]
 * @returns {import('../nats-server.mjs').Source}
 */
export function officialRelease({ platform = process.platform, arch = process.arch, get = download } = {}) {
  return {
    name: `the official release ${VERSION}`,
    async fetch(folder) {
      const archive = archiveName(platform, arch);
      const base = `${RELEASES}/v${VERSION}`;
      const wanted = checksumOf(archive, String(await get(`${base}/SHA256SUMS`, 10_000)));
      const content = await get(`${base}/${archive}`, 60_000);
      if (createHash('sha256').update(content).digest('hex') !== wanted) {
        throw new Error(`${archive} does not match its checksum`);
      }
      writeFileSync(join(folder, archive), content);
      unpack(archive, folder);
      return join(folder, platform === 'win32' ? 'nats-server.exe' : 'nats-server');
    },
  };
}

/**
 * @param {string} platform
 * @param {string} arch
 */
function archiveName(platform, arch) {
  const system = SYSTEMS[/** @type {keyof typeof SYSTEMS} */ (platform)];
  const processor = ARCHITECTURES[/** @type {keyof typeof ARCHITECTURES} */ (arch)];
  if (!system || !processor) throw new Error(`there is none for ${platform} on ${arch}`);
  return `nats-server-v${VERSION}-${system}-${processor}.tar.gz`;
}

/**
 * @param {string} archive
 * @param {string} sums lines of a checksum and a name
 */
function checksumOf(archive, sums) {
  const line = sums.split('\n').find((entry) => entry.trim().endsWith(archive));
  const checksum = line?.trim().split(/\s+/)[0];
  if (!checksum) throw new Error(`SHA256SUMS does not name ${archive}`);
  return checksum;
}

/**
 * @param {string} archive
 * @param {string} folder
 */
function unpack(archive, folder) {
  const options = /** @type {const} */ ({ cwd: folder, encoding: 'utf8', timeout: 30_000 });
  const { status, stderr, error } = spawnSync('tar', ['-xzf', archive, '--strip-components=1'], options);
  if (status !== 0) throw new Error(`tar: ${error?.message ?? stderr.trim()}`);
}

/**
 * @param {string} url
 * @param {number} timeoutMs
 */
async function download(url, timeoutMs) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    // fetch itself says no more than "fetch failed"; the reason is its cause.
    const { cause, message } = /** @type {Error & { cause?: Error }} */ (error);
    throw new Error(`${url}: ${cause?.message ?? message}`);
  }
}
