/** A user's own credentials in the hands of a program that is not ours: NATS alone, with nothing of the client between. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection } from 'nats';
import type { TestCluster } from './cluster.ts';

export interface RawUser {
  readonly connection: NatsConnection;
  readonly user: string;
  /** Sends bytes where this user's commands go. */
  command(payload: string): Promise<Record<string, unknown>>;
  /** Sends bytes where this user's questions go. */
  query(name: string, payload: string): Promise<Record<string, unknown>>;
}

export async function rawUser(cluster: TestCluster, profile: string): Promise<RawUser> {
  const path = join(cluster.env.XDG_CONFIG_HOME!, 'verbatim', 'profiles', `${profile}.json`);
  const { user, token, position } = JSON.parse(readFileSync(path, 'utf8')) as {
    user: string;
    token: string;
    position: number;
  };
  const connection = await connect({
    servers: cluster.url,
    user: `user:${user}:${position}`,
    pass: token,
    inboxPrefix: `_INBOX_${user}`,
    reconnect: false,
  });
  const ask = async (subject: string, payload: string) =>
    (await connection.request(subject, payload, { timeout: 5_000 })).json() as Record<string, unknown>;
  return {
    connection,
    user,
    command: (payload) => ask(`verbatim.cmd.${user}.c-raw`, payload),
    query: (name, payload) => ask(`verbatim.get.${user}.${name}`, payload),
  };
}
