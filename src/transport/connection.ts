/**
 * Connections to nats-server, with what the library's defaults get wrong for failover: it would give up after ten
 * tries, wait two seconds between them, and notice a dead server after minutes.
 *
 * Between two tries of a server it would also wait by the wall clock: where that is set back by an hour just then, it
 * tries nobody for an hour. So it is told never to wait, and how long to wait before each try is said here.
 */
import { type ConnectionOptions, connect, type NatsConnection } from 'nats';
import { encryptionFor, InsecureServer, type Security, trustProblem } from './security.ts';

export interface Credentials {
  readonly user: string;
  readonly pass: string;
  /** A gateway's word, which goes along with whatever else is said (`origin.ts`). */
  readonly token?: string;
}

export interface ConnectOptions {
  readonly servers: readonly string[];
  readonly security?: Security | undefined;
  readonly credentials: Credentials;
  readonly name: string;
  readonly inboxPrefix?: string;
  /** Whether to try for ever from the start, or to fail when no server answers. */
  readonly patient: boolean;
}

/** @throws {InsecureServer} before anything secret is said. */
export async function connectTo({
  servers,
  security = {},
  credentials,
  name,
  inboxPrefix,
  patient,
}: ConnectOptions): Promise<NatsConnection> {
  const options: ConnectionOptions = {
    servers: [...servers],
    ...encryptionFor(servers, security),
    ...credentials,
    name,
    ...(inboxPrefix ? { inboxPrefix } : {}),
    noRandomize: true, // the list's order is the user's: the first that works
    ...tryingAgain(),
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
  try {
    return await connect(options);
  } catch (error) {
    const problem = trustProblem(error);
    if (problem === undefined) throw error;
    const message = `no server at ${servers.join(', ')} can be trusted: ${problem}`;
    throw new InsecureServer('not-trusted', message, { cause: error });
  }
}

const againMs = 50;
const jitterMs = 25;

/** At once, unless that server was tried just now. */
function tryingAgain(): Pick<ConnectionOptions, 'reconnectDelayHandler' | 'reconnectToServer'> {
  const triedMs = new Map<string, number>();
  return {
    reconnectDelayHandler: () => Number.NEGATIVE_INFINITY,
    reconnectToServer: ([next]) => {
      if (!next) return null; // the library has a server in mind, always
      const nowMs = performance.now();
      const dueMs =
        (triedMs.get(next.listen) ?? Number.NEGATIVE_INFINITY) + againMs + Math.random() * jitterMs;
      const atMs = Math.max(nowMs, dueMs);
      triedMs.set(next.listen, atMs);
      return { server: next, delay: Math.ceil(atMs - nowMs) };
    },
  };
}
