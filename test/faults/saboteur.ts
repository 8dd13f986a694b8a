/**
 * nats-server with one more user, who may do what no credential of a cluster allows: take a stream away, move its leader.
 * Everything else is as the project's own configuration says.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findServerBinary, projectRoot } from '../../src/cluster/server-binary.ts';

export const saboteur = { user: 'saboteur', pass: 'let me in' } as const;

/** What is written where in `nats.conf`: behind each of the texts on the left the one on the right. */
const additions: readonly (readonly [after: string, added: string])[] = [
  ['jetstream: enabled\n    users: [', `{ user: ${saboteur.user}, password: "${saboteur.pass}" }`],
  ['auth_users: [', ` ${saboteur.user},`],
];

/** @returns where the configuration lies that knows the saboteur: in that folder. */
export async function configurationWithSaboteur(folder: string): Promise<string> {
  const root = await projectRoot();
  const own = join(folder, 'nats-conf');
  mkdirSync(own, { recursive: true });
  for (const file of readdirSync(root).filter((name) => name.endsWith('.conf'))) {
    let text = readFileSync(join(root, file), 'utf8');
    for (const [after, added] of file === 'nats.conf' ? additions : []) {
      if (text.split(after).length !== 2) throw new Error(`nats.conf is not as expected at ${after}`);
      text = text.replace(after, `${after}${added}`);
    }
    writeFileSync(join(own, file), text);
  }
  return own;
}

/** @returns a program for `$NATS_SERVER`, in that folder: the real one, always with that configuration. */
export async function serverWithSaboteur(folder: string): Promise<string> {
  const configuration = await configurationWithSaboteur(folder);
  const path = join(configuration, 'nats-server');
  const script = [
    '#!/bin/sh',
    `[ "$1" = --config ] && set -- --config "${configuration}/$(basename "$2")"`,
    `exec "${await findServerBinary()}" "$@"`,
  ];
  writeFileSync(path, `${script.join('\n')}\n`, { mode: 0o755 });
  return path;
}
