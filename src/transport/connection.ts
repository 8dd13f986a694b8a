/**
 * Connections to nats-server, with what the library's defaults get wrong for failover: it would give up after ten
 * tries, wait two seconds between them, and notice a dead server after minutes.
 */
import { type ConnectionOptions, connect, type NatsConnection } from 'nats';

export interface Credentials {
  readonly user: string;
  readonly pass: string;
}

export interface ConnectOptions {
  readonly servers: readonly string[];
  readonly credentials: Credentials;
  readonly name: string;
  readonly inboxPrefix?: string;
  /** Whether to try for ever from the start, or to fail when no server answers. */
  readonly patient: boolean;
}

export async function connectTo({
  servers,
  credentials,
  name,
  inboxPrefix,
  patient,
}: ConnectOptions): Promise<NatsConnection> {
  const options: ConnectionOptions = {
    servers: [...servers],
    ...credentials,
    name,
    ...(inboxPrefix ? { inboxPrefix } : {}),
    noRandomize: true, // the list's order is the user's: the first that works
    reconnectTimeWait: 50,
    reconnectJitter: 25,
    maxReconnectAttempts: -1,
    pingInterval: 1_000,
    maxPingOut: 2,
    timeout: 2_500,
    waitOnFirstConnect: patient,
    ignoreClusterUpdates: true,
    // While no node answers the callout, as after the server's death, everybody is refused: that is no verdict.
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true, // a stack trace for every request costs more than the request
  };
  return await connect(options);
}
