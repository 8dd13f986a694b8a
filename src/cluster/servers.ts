/**
 * The nats-servers of a cluster on this machine: one, or three that keep the stream together.
 *
 * Which ports they have follows from the first one's, so that a server that is started again is found where it was, and
 * an operator knows what to keep free: three servers take six ports in a row, three for clients and three for one another.
 */
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DataFolderUnusable, type Secrets } from './secrets.ts';
import { type ProcessPlan, Supervised } from './supervised.ts';

export { isLoopback } from '../transport/security.ts';

export type ServerCount = 1 | 3;

/** Where a server listens, and what it shows for itself. */
export interface Listening {
  /** An address or a name of this machine; one that the certificate names, where there is one. */
  readonly host: string;
  /** Files in PEM. Without them plain text is spoken. */
  readonly tls?:
    | { readonly cert: string; readonly key: string; readonly ca?: string | undefined }
    | undefined;
}

const onLoopback: Listening = { host: '127.0.0.1' };

export interface ServerPlan extends Listening {
  readonly id: string;
  readonly port: number;
  readonly store: string;
  /** Only of a server that has others: where they reach it, and where it reaches them, each as `host:port`. */
  readonly routes?: { readonly port: number; readonly others: readonly string[] };
}

/** What the servers have in common. */
export interface ServerBasis {
  readonly binary: string;
  /** Of the project, where the configuration lies. */
  readonly root: string;
  readonly secrets: Secrets;
}

class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/** How many ports, from the first on, so many servers take. */
export function portsTaken(count: ServerCount): number {
  return count === 1 ? 1 : 2 * count;
}

/** @param port for clients of the first one. */
export function planServers(
  count: ServerCount,
  port: number,
  data: string,
  listening: Listening = onLoopback,
): ServerPlan[] {
  if (count === 1) return [{ ...listening, id: 'nats-1', port, store: join(data, 'nats') }];
  const routePorts = Array.from({ length: count }, (_, index) => port + count + index);
  return routePorts.map((routePort, index) => {
    const id = `nats-${index + 1}`;
    const others = routePorts
      .filter((other) => other !== routePort)
      .map((other) => `${inUrl(listening.host)}:${other}`);
    return {
      ...listening,
      id,
      port: port + index,
      store: join(data, 'nats', id),
      routes: { port: routePort, others },
    };
  });
}

export function urlOf({ host, port, tls }: Pick<ServerPlan, 'host' | 'port' | 'tls'>): string {
  return `${tls ? 'tls' : 'nats'}://${inUrl(host)}:${port}`;
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * The other number of servers would find no stream there, and begin an empty one beside what the nodes hold.
 * @throws {DataFolderUnusable}
 */
export function refuseOtherCount(count: ServerCount, data: string): void {
  const ofOne = join(data, 'nats', 'jetstream');
  const ofThree = join(data, 'nats', 'nats-1');
  if (!existsSync(count === 1 ? ofThree : ofOne)) return;
  const found =
    count === 1 ? 'three nats-servers: start it with --nats 3' : 'one nats-server: start it with --nats 1';
  throw new DataFolderUnusable(`${data} holds the stream of ${found}`);
}

/** @throws {PortInUse} */
export async function refusePortsInUse(plans: readonly ServerPlan[]): Promise<void> {
  const ports = plans.flatMap(({ port, routes }) => (routes ? [port, routes.port] : [port]));
  const { host } = plans[0] ?? onLoopback;
  for (const port of ports.sort((a, b) => a - b)) await refusePortInUse(host, port, ports);
}

async function refusePortInUse(host: string, port: number, all: readonly number[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be used on ${host}: ${message}`;
      const needed = all.length === 1 ? '' : ` (${all[0]} to ${all.at(-1)} are needed)`;
      reject(
        new PortInUse(
          `port ${port} ${why}; another cluster may be running, or choose one with --port${needed}`,
        ),
      );
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

type Watch = Pick<ProcessPlan, 'started' | 'line' | 'died'>;

/** nats-server with the project's own configuration. */
export function serverProgram(
  plan: ServerPlan,
  { binary, root, secrets }: ServerBasis,
): Pick<ProcessPlan, 'command' | 'args' | 'env'> {
  return {
    command: binary,
    args: ['--config', join(root, configurationOf(plan))],
    env: { ...environment(plan, secrets), ...routeEnvironment(plan, secrets) },
  };
}

/** Of what the server says only complaints are passed on. */
export function superviseServer(
  plan: ServerPlan,
  basis: ServerBasis,
  restart: boolean,
  watch: Watch,
): Supervised {
  return new Supervised({
    ...serverProgram(plan, basis),
    restart,
    tethered: true,
    ...watch,
    line: (text) => (isComplaint(text) ? watch.line(text) : undefined),
  });
}

/**
 * What servers say of connections to one that died is no news: its death was told, and it will be back. Nor is a client
 * whose log-in counts no longer: it is told, and may ask again many times a second.
 */
function isComplaint(text: string): boolean {
  return (
    /\[(ERR|FTL)\]|^nats-server:/.test(text) &&
    !/trying to connect to route|rid:\d+ - Error flushing|authentication error - User "(user|guest):/.test(
      text,
    )
  );
}

function configurationOf({ routes, tls }: ServerPlan): string {
  if (routes) return tls ? 'nats-cluster-tls.conf' : 'nats-cluster.conf';
  return tls ? 'nats-tls.conf' : 'nats.conf';
}

/** What the configuration names after a `$`. */
function environment({ id, host, port, store, tls }: ServerPlan, secrets: Secrets): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    VERBATIM_NATS_HOST: JSON.stringify(host),
    ...(tls && {
      VERBATIM_TLS_CERT: JSON.stringify(tls.cert),
      VERBATIM_TLS_KEY: JSON.stringify(tls.key),
      VERBATIM_TLS_CA: JSON.stringify(tls.ca ?? ''),
    }),
    VERBATIM_NATS_PORT: String(port),
    VERBATIM_NATS_NAME: id,
    VERBATIM_NATS_STORE: JSON.stringify(store), // quoted: a path may hold anything
    VERBATIM_AUTH_PASSWORD: secrets.authPassword,
    VERBATIM_NODE_PASSWORD: secrets.nodePassword,
    VERBATIM_OPERATOR_PASSWORD: secrets.operatorPassword,
    VERBATIM_WARDEN_PASSWORD: secrets.wardenPassword,
    VERBATIM_INSPECTOR_PASSWORD: secrets.inspectorPassword,
    VERBATIM_CALLOUT_ISSUER: secrets.calloutIssuer,
  };
}

/** What that of several servers names besides. */
function routeEnvironment({ routes }: ServerPlan, { routePassword }: Secrets): NodeJS.ProcessEnv {
  if (!routes) return {};
  const urls = routes.others.map((other) => `nats://route:${routePassword}@${other}`);
  return {
    VERBATIM_NATS_ROUTE_PORT: String(routes.port),
    VERBATIM_NATS_ROUTES: JSON.stringify(urls),
    VERBATIM_ROUTE_PASSWORD: routePassword,
  };
}
