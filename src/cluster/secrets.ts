/**
 * The cluster's secrets: made at first start, kept in the data folder, readable by its owner only. Nodes and operator
 * commands find theirs here; nats-server gets its share through its environment.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createAccount } from '@nats-io/nkeys';
import { z } from 'zod';

const secretsSchema = z.strictObject({
  nodePassword: z.string(),
  authPassword: z.string(),
  operatorPassword: z.string(),
  /** The account key that signs clients' permissions: its public part and its seed. */
  calloutIssuer: z.string(),
  calloutSeed: z.string(),
  /** Of nats-servers among one another. A folder from before there were several gets it when it is started again. */
  routePassword: z.string().optional(),
  /** Of those who end connections; as above. */
  wardenPassword: z.string().optional(),
  /** Of gateways, to say for whom they connect; as above. */
  gatewayPassword: z.string().optional(),
  /** Of inspectors, which only look; as above. */
  inspectorPassword: z.string().optional(),
});

type StoredSecrets = Readonly<z.infer<typeof secretsSchema>>;
export type Secrets = Required<StoredSecrets>;

const fileName = 'secrets.json';

/** The folder or its secrets cannot be used; the message says why, in one sentence. */
export class DataFolderUnusable extends Error {
  override readonly name = 'DataFolderUnusable';
}

/** @throws {DataFolderUnusable} when there are none, or they cannot be read. */
export async function readSecrets(data: string): Promise<StoredSecrets> {
  try {
    return secretsSchema.parse(JSON.parse(await readFile(join(data, fileName), 'utf8')));
  } catch (cause) {
    throw new DataFolderUnusable(whyUnusable(data, cause), { cause });
  }
}

/** Reads the secrets, or makes those that the folder lacks. */
export async function ensureSecrets(data: string): Promise<Secrets> {
  const path = join(data, fileName);
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    await writeOnce(path, makeSecrets());
    return await completed(path, await readSecrets(data));
  } catch (cause) {
    if (cause instanceof DataFolderUnusable) throw cause;
    throw new DataFolderUnusable(whyUnusable(data, cause), { cause });
  }
}

async function completed(path: string, stored: StoredSecrets): Promise<Secrets> {
  const later = {
    routePassword: password(),
    wardenPassword: password(),
    gatewayPassword: password(),
    inspectorPassword: password(),
  };
  const secrets = { ...later, ...stored };
  if (Object.keys(later).every((name) => name in stored)) return secrets;
  await rename(await writeDraft(path, secrets), path);
  return secrets;
}

/** Whole or not at all, and never over what is there: a file beside it is linked to its name. */
async function writeOnce(path: string, secrets: Secrets): Promise<void> {
  const draft = await writeDraft(path, secrets);
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}

/** @returns the path of a file beside it, which is on the disk. */
async function writeDraft(path: string, secrets: Secrets): Promise<string> {
  const draft = `${path}.${process.pid}`;
  const file = await open(draft, 'w', 0o600);
  await file.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
  await file.sync();
  await file.close();
  return draft;
}

function makeSecrets(): Secrets {
  const account = createAccount();
  return {
    nodePassword: password(),
    authPassword: password(),
    operatorPassword: password(),
    calloutIssuer: account.getPublicKey(),
    calloutSeed: new TextDecoder().decode(account.getSeed()),
    routePassword: password(),
    wardenPassword: password(),
    gatewayPassword: password(),
    inspectorPassword: password(),
  };
}

/** 256 random bits. The letter in front keeps nats-server's configuration from reading a number. */
function password(): string {
  return `p${randomBytes(32).toString('hex')}`;
}

/** One sentence about a data folder that cannot be used. */
export function whyUnusable(data: string, cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return `${data} holds no Verbatim data (start it with \`verbatim up --data ${data}\`)`;
  if (code === 'EACCES' || code === 'EPERM') return `${data} is not readable or writable for this user`;
  if (code === 'ENOTDIR' || code === 'EEXIST') return `${data} is not a folder`;
  return `${join(data, fileName)} cannot be used: ${message}`;
}
