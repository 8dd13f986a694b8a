/** Where `up` lets its nats-servers listen, and whether that is safe. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { isLoopback, type Listening } from '../src/cluster/servers.ts';
import { Refusal, UsageError } from './failure.ts';
import type { UpOptions } from './options.ts';

/** @throws {UsageError} where secrets would go over a network in the clear. @throws {Refusal} when the files do not fit. */
export async function listeningOf(options: UpOptions): Promise<Listening> {
  const { host, nats, tlsCert, tlsKey, tlsCa } = options;
  if (['0.0.0.0', '::'].includes(host))
    throw new UsageError('--host names the one address that others reach this machine at');
  refuseOpenHost(options);
  if (tlsCert === undefined || tlsKey === undefined) return { host };
  if (nats > 1 && tlsCa === undefined)
    throw new UsageError('servers among one another need --tls-ca: whose certificates they trust');
  await refuseUnfit(tlsCert, host);
  for (const file of [tlsKey, tlsCa]) if (file !== undefined) await read(file);
  return { host, tls: { cert: resolve(tlsCert), key: resolve(tlsKey), ca: tlsCa && resolve(tlsCa) } };
}

interface Door {
  readonly host: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecurePlaintext?: boolean;
}

/** @throws {UsageError} where secrets would go over a network in the clear. */
export function refuseOpenHost({ host, tlsCert, tlsKey, insecurePlaintext = false }: Door): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new UsageError('--tls-cert and --tls-key go together');
  if (tlsCert !== undefined || isLoopback(host) || insecurePlaintext) return;
  throw new UsageError(
    `on ${host} others would read along: give --tls-cert and --tls-key, or insist with --insecure-plaintext`,
  );
}

/** Clients would refuse it, and nodes too: better said at once. */
export async function refuseUnfit(file: string, host: string): Promise<void> {
  const text = await read(file);
  try {
    const certificate = new X509Certificate(text);
    if (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) return;
  } catch (cause) {
    throw new Refusal('not-trusted', `${file} is no certificate in PEM: ${(cause as Error).message}`);
  }
  throw new Refusal('not-trusted', `the certificate in ${file} does not name ${host}`);
}

/** @throws {Refusal} under that code. */
export async function read(file: string, code = 'not-trusted'): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Refusal(code, `${file} cannot be read: ${(cause as Error).message}`);
  }
}
