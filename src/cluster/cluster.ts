/** A whole cluster on this machine: nats-server and the replicas as child processes. */

import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { rememberAddress } from './address.ts';
import { ensureSecrets, type Secrets } from './secrets.ts';
import { findServerBinary, projectRoot } from './server-binary.ts';
import { type ProcessPlan, Supervised } from './supervised.ts';

export interface ClusterOptions {
  readonly nodes: number;
  readonly data: string;
  readonly port: number;
  readonly restart: boolean;
  /** Further options of `verbatim node`, such as `--election lowest-id`. */
  readonly nodeArgs: readonly string[];
  /** The `verbatim` program, to run nodes with. */
  readonly program: { readonly command: string; readonly args: readonly string[] };
}

export interface ClusterListener {
  started(process: 'nats-server' | 'node', id: string, pid: number, url?: string): void;
  line(id: string, text: string): void;
  died(id: string, how: string, willRestart: boolean): void;
}

class PortInUse extends Error {
  override readonly name = 'PortInUse';
}

export class Cluster {
  readonly url: string;
  readonly #server: Supervised;
  readonly #nodes: readonly Supervised[];

  private constructor(url: string, server: Supervised, nodes: readonly Supervised[]) {
    this.url = url;
    this.#server = server;
    this.#nodes = nodes;
  }

  /** @throws {PortInUse | NoServerProgram | ServerTooOld | DataFolderUnusable} in one sentence, before anything starts. */
  static async start(options: ClusterOptions, listener: ClusterListener): Promise<Cluster> {
    const data = resolve(options.data);
    const [binary, root] = await Promise.all([findServerBinary(), projectRoot()]);
    await refusePortInUse(options.port);
    const secrets = await ensureSecrets(data);
    const store = join(data, 'nats');
    await mkdir(store, { recursive: true, mode: 0o700 });
    const url = `nats://127.0.0.1:${options.port}`;
    await rememberAddress(data, url);
    const watch = (kind: 'nats-server' | 'node', id: string) => ({
      started: (pid: number) => listener.started(kind, id, pid, kind === 'nats-server' ? url : undefined),
      line: (text: string) => listener.line(id, text),
      died: (how: string, willRestart: boolean) => listener.died(id, how, willRestart),
    });
    const server = superviseServer(
      { binary, root, secrets, port: options.port, store },
      options.restart,
      watch('nats-server', 'nats-1'),
    );
    const ids = Array.from({ length: options.nodes }, (_, index) => `n${index + 1}`);
    const { command, args } = options.program;
    const nodes = ids.map((id) => {
      const own = [
        'node',
        '--id',
        id,
        '--data',
        data,
        '--servers',
        url,
        '--members',
        ids.join(','),
        ...options.nodeArgs,
      ];
      return new Supervised({
        command,
        args: [...args, ...own],
        env: process.env,
        restart: options.restart,
        ...watch('node', id),
      });
    });
    return new Cluster(url, server, nodes);
  }

  /** Nodes first, so that they can say good-bye. */
  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()));
    await this.#server.stop();
  }
}

export interface ServerPlan {
  readonly binary: string;
  /** Of the project, where `nats.conf` lies. */
  readonly root: string;
  readonly secrets: Secrets;
  readonly port: number;
  readonly store: string;
}

type Watch = Pick<ProcessPlan, 'started' | 'line' | 'died'>;

/** nats-server with the project's own `nats.conf`. Of what it says only complaints are passed on. */
export function superviseServer(
  { binary, root, secrets, port, store }: ServerPlan,
  restart: boolean,
  watch: Watch,
): Supervised {
  return new Supervised({
    command: binary,
    args: ['--config', join(root, 'nats.conf')],
    env: serverEnvironment(secrets, port, store),
    restart,
    tethered: true,
    ...watch,
    line: (text) => (/\[(ERR|FTL)\]|^nats-server:/.test(text) ? watch.line(text) : undefined),
  });
}

/** What `nats.conf` names after a `$`. */
function serverEnvironment(secrets: Secrets, port: number, store: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    VERBATIM_NATS_PORT: String(port),
    VERBATIM_NATS_NAME: 'nats-1',
    VERBATIM_NATS_STORE: JSON.stringify(store), // quoted: a path may hold anything
    VERBATIM_AUTH_PASSWORD: secrets.authPassword,
    VERBATIM_NODE_PASSWORD: secrets.nodePassword,
    VERBATIM_OPERATOR_PASSWORD: secrets.operatorPassword,
    VERBATIM_CALLOUT_ISSUER: secrets.calloutIssuer,
  };
}

async function refusePortInUse(port: number): Promise<void> {
  await new Promise<void>((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be used: ${message}`;
      reject(new PortInUse(`port ${port} ${why}; another cluster may be running, or choose one with --port`));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolvePort()));
  });
}
