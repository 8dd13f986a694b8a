/** Certificates of a test's own, made with openssl: an authority, and what it has signed for this machine. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from './temp-folder.ts';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** @param names such as `IP:127.0.0.1` or `DNS:chat.example.org`. */
export function makeCertificates(names: string): Certificates {
  const folder = tempFolder();
  const at = (name: string) => join(folder, name);
  const [ca, caKey, cert, key, request, extensions] = [
    'ca.pem',
    'ca.key',
    'cert.pem',
    'key.pem',
    'csr',
    'ext',
  ].map(at);
  writeFileSync(extensions!, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', caKey!, '-out', ca!, '-days', '2', '-subj', '/CN=a test');
  openssl('req', ...newKey, '-keyout', key!, '-out', request!, '-subj', '/CN=a server');
  const by = ['-CA', ca!, '-CAkey', caKey!, '-CAcreateserial', '-days', '2', '-extfile', extensions!];
  openssl('x509', '-req', '-in', request!, '-out', cert!, ...by);
  return { ca: ca!, cert: cert!, key: key! };
}

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}
