/**
 * What a connection must be before a secret goes over it: encrypted, to a server whose certificate is trusted, or within
 * this machine. A server cannot talk a client out of it: where an address says `tls://`, plain text is an error.
 */
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { ConnectionOptions } from 'nats';

export interface Security {
  /** Certificates to trust, in PEM; those of the system where it is left out. */
  readonly caFile?: string | undefined;
  /** Somebody insists that the network between is as good as a cable within this machine. */
  readonly isPlainTextAllowed?: boolean | undefined;
}

/** No secret goes there: what is spoken would be read by others, or the server is not who it must be. */
export class InsecureServer extends Error {
  override readonly name = 'InsecureServer';
  readonly code: 'plain-text' | 'not-trusted';

  constructor(code: 'plain-text' | 'not-trusted', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @throws {InsecureServer} */
export function encryptionFor(
  servers: readonly string[],
  { caFile, isPlainTextAllowed = false }: Security,
): Pick<ConnectionOptions, 'tls'> {
  if (servers.some((server) => server.startsWith('tls://'))) {
    const tls = { ...(caFile && { caFile }), checkServerIdentity: identityAmong(servers.map(hostOf)) };
    return { tls }; // what the library does not know it hands to Node
  }
  const open = servers.find((server) => !isLoopback(hostOf(server)));
  if (open === undefined || isPlainTextAllowed) return {};
  throw new InsecureServer(
    'plain-text',
    `${open} is another machine, and everybody between would read along: use tls://, or insist with --insecure-plaintext`,
  );
}

/** The library names no host where it was given an address, and Node would then look for `localhost` in the certificate. */
function identityAmong(hosts: readonly string[]) {
  const addresses = hosts.filter((host) => isIP(host) > 0);
  return (name: string, certificate: PeerCertificate): Error | undefined => {
    const asked = hosts.includes(name) || addresses.length === 0 ? [name] : addresses;
    const problems = asked.map((host) => checkServerIdentity(host, certificate));
    return problems.includes(undefined) ? undefined : problems.at(-1);
  };
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

/** As the library reads it, in small letters: by another name a certificate would be compared with nothing. */
function hostOf(server: string): string {
  const { hostname } = new URL(`http://${server.replace(/^.*:\/\//, '')}`);
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** What Node says of a certificate, where that was the problem. */
export function trustProblem(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code = '', message } = at as NodeJS.ErrnoException;
    if (/CERT|SIGNATURE|ERR_TLS|ERR_SSL/.test(code) || /certificate|does not support 'tls'/.test(message))
      return message;
  }
  return undefined;
}
