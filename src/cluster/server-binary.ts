/** Which nats-server program to run: the one that set-up found, or what the environment names. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { MIN_SERVER_VERSION, refuseOldVersion } from '../transport/server-version.ts';

const run = promisify(execFile);
const rememberedSchema = z.object({ path: z.string() });

/** There is no nats-server that can be run; the message says what to do. */
class NoServerProgram extends Error {
  override readonly name = 'NoServerProgram';
}

/** @throws {NoServerProgram} @throws {ServerTooOld} */
export async function findServerBinary(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const path = env.NATS_SERVER || (await remembered()) || 'nats-server';
  const version = await versionOf(path);
  refuseOldVersion(version);
  return path;
}

/** The folder that holds `package.json`, whether this runs from source or from the bundle. */
export async function projectRoot(): Promise<string> {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '');
    if (text.includes('"name": "verbatim"')) return folder;
  }
  throw new Error('Verbatim is not where its own files are');
}

async function remembered(): Promise<string | undefined> {
  try {
    const text = await readFile(join(await projectRoot(), '.cache', 'nats-server.json'), 'utf8');
    return rememberedSchema.parse(JSON.parse(text)).path;
  } catch {
    return undefined; // set-up has not run here
  }
}

async function versionOf(path: string): Promise<string> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 5_000 });
    return /v(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? '0.0.0';
  } catch (cause) {
    const hint = `run \`npm run setup\`, or install nats-server ${MIN_SERVER_VERSION} or later and name it in $NATS_SERVER`;
    throw new NoServerProgram(`${path} cannot be run: ${hint}`, { cause });
  }
}
