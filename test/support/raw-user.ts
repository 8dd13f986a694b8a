/** A user's own credentials in the hands of a program that is not ours: NATS, with nothing of the client between. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type NatsConnection } from 'nats';
import { ClientBus } from '../../src/transport/client-bus.ts';
import type { TestCluster } from './cluster.ts';

export interface RawUser {
  readonly connection: NatsConnection;
  readonly user: string;
  /** Sends bytes where this user's commands go. */
  command(payload: Uint8Array | string): Promise<Record<string, unknown>>;
  /** Sends bytes where this user's questions go. */
  query(name: string, payload: Uint8Array | string): Promise<Record<string, unknown>>;
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
    reconnect: false,
  });
  const bus = new ClientBus(connection, user);
  const ask = async (subject: string, payload: Uint8Array | string) =>
    JSON.parse(Buffer.from(await bus.request(subject, payload, 5_000)).toString()) as Record<string, unknown>;
  return {
    connection,
    user,
    command: (payload) => ask(`verbatim.cmd.${user}.c-raw`, payload),
    query: (name, payload) => ask(`verbatim.get.${user}.${name}`, payload),
  };
}

/** A batch of one message. */
export function post(id: string, to: string, text: string): string {
  return JSON.stringify({ after: null, clock: 0, commands: [{ type: 'PostMessage', id, to, text }] });
}
