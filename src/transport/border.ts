/**
 * Guarding the border at every server.
 *
 * A server asks on its own behalf who may connect. If the only nodes that can answer had their connection elsewhere, the
 * death of that server would leave nobody to ask: those whom it cut off arrive at the next one sooner than the nodes do,
 * and are refused only after the server's time-out of seconds. So each node has a connection of its own to each server,
 * and none is waited for: a server that is down now is guarded when it is back.
 */
import type { NatsConnection } from 'nats';
import type { Subscription } from '../ports/bus.ts';
import { answerCallouts, type Judge } from './auth-callout.ts';
import { connectTo } from './connection.ts';

export interface BorderOptions {
  readonly servers: readonly string[];
  /** Of the account that the questions come to. */
  readonly password: string;
  /** Signs the permissions. */
  readonly seed: string;
  readonly node: string;
}

export function guardBorder({ servers, password, seed, node }: BorderOptions, judge: Judge): Subscription {
  const credentials = { user: 'auth', pass: password };
  const posts = servers.map(async (server): Promise<NatsConnection> => {
    const name = `${node} auth`;
    const connection = await connectTo({ servers: [server], credentials, name, patient: true });
    answerCallouts(connection, seed, judge);
    return connection;
  });
  for (const post of posts) post.catch(() => undefined); // closed before it was there
  return {
    stop: () => {
      for (const post of posts) post.then((connection) => connection.close()).catch(() => undefined);
    },
  };
}
