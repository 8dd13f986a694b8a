/** A whole cluster on this machine: nats-servers and the replicas as child processes. */

import { resolve } from 'node:path';
import { makeFolder } from '../system/folder.ts';
import { rememberServers } from './address.ts';
import { ensureSecrets, withoutInspector } from './secrets.ts';
import { findServerBinary, projectRoot } from './server-binary.ts';
import {
  type Listening,
  planServers,
  refuseOtherCount,
  refusePortsInUse,
  type ServerCount,
  superviseServer,
  urlOf,
} from './servers.ts';
import { Supervised } from './supervised.ts';

export interface ClusterOptions {
  readonly nodes: number;
  readonly nats: ServerCount;
  readonly data: string;
  readonly listening: Listening;
  /** Of the first server; the others' follow. */
  readonly port: number;
  readonly restart: boolean;
  /** Whether an inspector's password is one. */
  readonly isInspectable: boolean;
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

export class Cluster {
  /** Addresses of the nats-servers. */
  readonly servers: readonly string[];
  readonly #servers: readonly Supervised[];
  readonly #nodes: readonly Supervised[];

  private constructor(urls: readonly string[], servers: readonly Supervised[], nodes: readonly Supervised[]) {
    this.servers = urls;
    this.#servers = servers;
    this.#nodes = nodes;
  }

  /** @throws {PortInUse | NoServerProgram | ServerTooOld | DataFolderUnusable} in one sentence, before anything starts. */
  static async start(options: ClusterOptions, listener: ClusterListener): Promise<Cluster> {
    const data = resolve(options.data);
    const [binary, root] = await Promise.all([findServerBinary(), projectRoot()]);
    const plans = planServers(options.nats, options.port, data, options.listening);
    refuseOtherCount(options.nats, data);
    await refusePortsInUse(plans);
    const secrets = await ensureSecrets(data);
    const admitted = options.isInspectable ? secrets : withoutInspector(secrets);
    for (const { store } of plans) await makeFolder(store, 0o700);
    const urls = plans.map(urlOf);
    await rememberServers(data, urls, options.listening.tls?.ca);
    const servers = plans.map((plan) => {
      const watch = watchOf(listener, 'nats-server', plan.id, urlOf(plan));
      return superviseServer(plan, { binary, root, secrets: admitted }, options.restart, watch);
    });
    return new Cluster(urls, servers, superviseNodes({ ...options, data }, urls, listener));
  }

  /** Nodes first, so that they can say good-bye. */
  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }
}

function superviseNodes(
  { nodes, data, restart, program: { command, args }, nodeArgs }: ClusterOptions,
  urls: readonly string[],
  listener: ClusterListener,
): Supervised[] {
  const ids = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  return ids.map((id, index) => {
    const servers = ['--servers', rotated(urls, index).join(',')];
    const own = ['node', '--id', id, '--data', data, ...servers, '--members', ids.join(',')];
    const plan = { command, args: [...args, ...own, ...nodeArgs], env: process.env, restart };
    return new Supervised({ ...plan, ...watchOf(listener, 'node', id) });
  });
}

/** Each node begins with another server, so that the death of one cuts off few of them. */
function rotated(urls: readonly string[], index: number): string[] {
  const first = index % urls.length;
  return [...urls.slice(first), ...urls.slice(0, first)];
}

function watchOf(listener: ClusterListener, kind: 'nats-server' | 'node', id: string, url?: string) {
  return {
    started: (pid: number) => listener.started(kind, id, pid, url),
    line: (text: string) => listener.line(id, text),
    died: (how: string, willRestart: boolean) => listener.died(id, how, willRestart),
  };
}
