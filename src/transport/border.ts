/**
 * Guarding the border at every server.
 *
 * A server asks on its own behalf who may connect. If the only nodes that can answer had their connection elsewhere, the
 * death of that server would leave nobody to ask: those whom it cut off arrive at the next one sooner than the nodes do,
 * and are refused only after the server's time-out of seconds. So each node has a connection of its own to each server,
 * and none is waited for: a server that is down now is guarded when it is back. One more, to any of them, is the warden's.
 */
import type { NatsConnection } from 'nats';
import type { Subscription } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import { type Answering, answerCallouts } from './auth-callout.ts';
import { connectTo } from './connection.ts';
import { NatsBus } from './nats-bus.ts';
import type { Security } from './security.ts';
import { type Warden, wardenInboxPrefix, wardenOn } from './warden.ts';

export interface BorderOptions {
  readonly servers: readonly string[];
  readonly security: Security;
  readonly node: string;
  /** Of the account that the questions come to. */
  readonly authPassword: string;
  /** Of the one who ends connections; a folder that was not started since there is one has none. */
  readonly wardenPassword: string | undefined;
  /** Of gateways; as above. */
  readonly gatewayPassword: string | undefined;
}

export function guardBorder(
  { servers, security, node, authPassword }: BorderOptions,
  answering: Answering,
): Subscription {
  const credentials = { user: 'auth', pass: authPassword };
  const posts = servers.map(async (server): Promise<NatsConnection> => {
    const name = `${node} auth`;
    const connection = await connectTo({ servers: [server], security, credentials, name, patient: true });
    answerCallouts(connection, node, answering);
    return connection;
  });
  return { stop: () => posts.forEach(closeWhenThere) };
}

export interface CalledWarden extends Subscription {
  /** Undefined until there is a connection. */
  warden(): Warden | undefined;
}

export function callWarden(
  { servers, security, node, wardenPassword: pass }: BorderOptions,
  clock: Clock,
): CalledWarden {
  let warden: Warden | undefined;
  if (pass === undefined) return { warden: () => warden, stop: ignore };
  const credentials = { user: 'warden', pass };
  const inboxPrefix = wardenInboxPrefix;
  const connection = connectTo({
    servers,
    security,
    credentials,
    name: `${node} warden`,
    inboxPrefix,
    patient: true,
  });
  connection.then((open) => {
    warden = wardenOn(new NatsBus(open), servers.length, clock);
  }, ignore);
  return { warden: () => warden, stop: () => closeWhenThere(connection) };
}

/** It may have been closed before it was there. */
function closeWhenThere(connection: Promise<NatsConnection>): void {
  connection.then((open) => open.close()).catch(ignore);
}

const ignore = () => undefined;
