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

export type ServerCount = 1 | 3;

export interface ServerPlan {
  readonly id: string;
  /** The address at which clients and other servers reach it. */
  readonly host: string;
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

const host = '127.0.0.1';

class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

/** How many ports, from the first on, so many servers take. */
export function portsTaken(count: ServerCount): number {
  return count === 1 ? 1 : 2 * count;
}

/** @param port for clients of the first one. */
export function planServers(count: ServerCount, port: number, data: string): ServerPlan[] {
  if (count === 1) return [{ id: 'nats-1', host, port, store: join(data, 'nats') }];
  const routePorts = Array.from({ length: count }, (_, index) => port + count + index);
  return routePorts.map((routePort, index) => {
    const id = `nats-${index + 1}`;
    const others = routePorts.filter((other) => other !== routePort).map((other) => `${host}:${other}`);
    const store = join(data, 'nats', id);
    return { id, host, port: port + index, store, routes: { port: routePort, others } };
  });
}

export function urlOf({ host, port }: ServerPlan): string {
  return `nats://${host}:${port}`;
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
  for (const port of ports.sort((a, b) => a - b)) await refusePortInUse(port, ports);
}

async function refusePortInUse(port: number, all: readonly number[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${message}`;
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
    args: ['--config', join(root, plan.routes ? 'nats-cluster.conf' : 'nats.conf')],
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

/** What `nats.conf` names after a `$`. */
function environment({ id, host, port, store }: ServerPlan, secrets: Secrets): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    VERBATIM_NATS_HOST: JSON.stringify(host), // quoted: an address is no number
    VERBATIM_NATS_PORT: String(port),
    VERBATIM_NATS_NAME: id,
    VERBATIM_NATS_STORE: JSON.stringify(store), // quoted: a path may hold anything
    VERBATIM_AUTH_PASSWORD: secrets.authPassword,
    VERBATIM_NODE_PASSWORD: secrets.nodePassword,
    VERBATIM_OPERATOR_PASSWORD: secrets.operatorPassword,
    VERBATIM_WARDEN_PASSWORD: secrets.wardenPassword,
    VERBATIM_CALLOUT_ISSUER: secrets.calloutIssuer,
  };
}

/** What `nats-cluster.conf` names besides. */
function routeEnvironment({ routes }: ServerPlan, { routePassword }: Secrets): NodeJS.ProcessEnv {
  if (!routes) return {};
  const urls = routes.others.map((other) => `nats://route:${routePassword}@${other}`);
  return {
    VERBATIM_NATS_ROUTE_PORT: String(routes.port),
    VERBATIM_NATS_ROUTES: JSON.stringify(urls),
    VERBATIM_ROUTE_PASSWORD: routePassword,
  };
}
