/** A cluster whose servers and nodes run on hosts of their own, with people on them who use it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { StateAt } from '../../src/checkers/hashes.ts';
import { ensureSecrets } from '../../src/cluster/secrets.ts';
import { findServerBinary } from '../../src/cluster/server-binary.ts';
import { type ServerBasis, type ServerPlan, serverProgram, urlOf } from '../../src/cluster/servers.ts';
import { type ProcessPlan, Supervised } from '../../src/cluster/supervised.ts';
import type { NodeStatus } from '../../src/operator/operator.ts';
import { Lines } from '../support/lines.ts';
import { Hosts } from './hosts.ts';
import { plainTextArgument } from './plain-text.ts';
import { nodes, ownEnvironment, program } from './processes.ts';
import { Resident } from './residents.ts';
import { configurationWithSaboteur } from './saboteur.ts';
import { checkAll, type Finding, quietPosition, readNodes, verify } from './verdict.ts';

/** What runs where. */
export interface Layout {
  readonly hosts: readonly string[];
  /** Hosts with a server: one, or three that keep the stream together. */
  readonly servers: readonly string[];
  /** Host by node. */
  readonly nodes: Readonly<Record<(typeof nodes)[number], string>>;
  /** Host by name. */
  readonly residents: Readonly<Record<string, string>>;
}

const port = 4222;
const routePort = 6222;
const firstWatchPort = 9101;

/** What servers say of themselves is no news of the cluster. */
const ofServers = /\[(INF|WRN|ERR)\]/;

export class SpreadCluster {
  readonly hosts: Hosts;
  readonly folder: string;
  readonly residents: readonly Resident[];
  /** What servers and nodes say to their operators. */
  readonly said: Lines;
  readonly #layout: Layout;
  readonly #plans: ReadonlyMap<string, ServerPlan>;
  readonly #voice = new PassThrough();
  readonly #servers: readonly Supervised[];
  readonly #nodes: readonly Supervised[];

  private constructor(folder: string, layout: Layout, hosts: Hosts, basis: ServerBasis) {
    this.folder = folder;
    this.hosts = hosts;
    this.said = new Lines(this.#voice, 'the cluster');
    this.#layout = layout;
    this.#plans = this.#planServers();
    this.#servers = [...this.#plans].map(([host, plan]) => this.#superviseServer(host, plan, basis));
    this.#nodes = nodes.map((node) => this.#superviseNode(node));
    const { operatorPassword } = basis.secrets;
    const names = Object.keys(layout.residents);
    this.residents = names.map((name) => {
      const host = this.hostOf(name);
      const others = names.filter((other) => other !== name);
      const where = {
        urls: this.#urlsAt(host),
        server: this.#plans.get(host)?.id ?? '',
        watchPort: this.#watchPortOn(host),
      };
      const home = { name, others, ...where, operatorPassword, history: this.history };
      return new Resident(hosts.entryOf(host), home, join(folder, 'home'));
    });
  }

  /** Ready: everybody is registered and writes, and all nodes are in sync. */
  static async start(folder: string, layout: Layout): Promise<SpreadCluster> {
    const data = join(folder, 'data');
    const [binary, root, secrets] = await Promise.all([
      findServerBinary(),
      configurationWithSaboteur(folder),
      ensureSecrets(data),
    ]);
    const cluster = new SpreadCluster(folder, layout, Hosts.make(layout.hosts), { binary, root, secrets });
    try {
      await cluster.everybody('register');
      await cluster.everybody('begin');
      await cluster.residents[0]!.ask('inSync');
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw new Error(cluster.said.all.join('\n'), { cause: error });
    }
  }

  /** One for all hosts: what is tried here is the network, not the disks. */
  get data(): string {
    return join(this.folder, 'data');
  }

  get history(): string {
    return join(this.folder, 'history.jsonl');
  }

  /** Of a node or a resident. */
  hostOf(who: string): string {
    const host = { ...this.#layout.nodes, ...this.#layout.residents }[who];
    if (host === undefined) throw new Error(`${who} lives nowhere`);
    return host;
  }

  on(host: string): Resident {
    const resident = this.residents.find(({ name }) => this.hostOf(name) === host);
    if (!resident) throw new Error(`nobody lives on ${host}`);
    return resident;
  }

  async everybody(question: 'register' | 'begin' | 'finish'): Promise<void> {
    await Promise.all(this.residents.map((resident) => resident.ask(question)));
  }

  /** As it is seen from a host. @throws where nobody leads. */
  async leader(host: string): Promise<NodeStatus> {
    const statuses = await this.on(host).ask('statuses');
    const [leader] = statuses.filter(({ role }) => role === 'leader').sort((a, b) => b.epoch - a.epoch);
    if (!leader) throw new Error(`nobody leads: ${JSON.stringify(statuses)}`);
    return leader;
  }

  /** When all is healed: everything is answered and shown, all nodes hold the same, and the checkers find nothing. */
  async judge(): Promise<Finding[]> {
    const [first] = this.residents as [Resident];
    const findings: Finding[] = [];
    await this.everybody('finish');
    const position = await quietPosition({ statuses: () => first.ask('statuses') });
    if (position === undefined)
      findings.push({ what: 'the nodes do not agree', evidence: await first.ask('statuses') });
    const [host] = this.#plans.keys();
    const where = { folder: this.folder, data: this.data, urls: this.#urlsAt(host!) };
    findings.push(...(await verify({ ...where, entry: this.hosts.entryOf(host!) }, false)));
    const hashes = await this.#hashes();
    await this.#stopProcesses();
    findings.push(...(await verify(where, true)));
    const witness = { hashesOf: (node: string) => hashes.get(node) ?? [] };
    const records = await readNodes(this.data, witness, position ?? Number.POSITIVE_INFINITY);
    return [...findings, ...checkAll(this.history, records)];
  }

  async stop(): Promise<void> {
    await this.#stopProcesses();
    this.hosts.remove();
  }

  async #stopProcesses(): Promise<void> {
    for (const resident of this.residents) resident.leave();
    await Promise.all(this.#nodes.map((node) => node.stop()));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  async #hashes(): Promise<Map<string, StateAt[]>> {
    const all = new Map<string, StateAt[]>();
    for (const seen of await Promise.all(this.residents.map((resident) => resident.ask('hashes')))) {
      for (const [node, hashes] of seen) all.set(node, [...(all.get(node) ?? []), ...hashes]);
    }
    return all;
  }

  #watchPortOn(host: string): number {
    return watchPortOf(nodes.find((node) => this.hostOf(node) === host)!);
  }

  #planServers(): Map<string, ServerPlan> {
    const { servers } = this.#layout;
    const routeOf = (host: string) => `${this.hosts.addressOf(host)}:${routePort}`;
    const plans = servers.map((host, index): [string, ServerPlan] => {
      const id = `nats-${index + 1}`;
      const store = join(this.data, 'nats', id);
      mkdirSync(store, { recursive: true, mode: 0o700 });
      const plan = { id, host: this.hosts.addressOf(host), port, store };
      const others = servers.filter((other) => other !== host).map(routeOf);
      return [host, others.length > 0 ? { ...plan, routes: { port: routePort, others } } : plan];
    });
    return new Map(plans);
  }

  /** The one on that host comes first. */
  #urlsAt(host: string): string[] {
    const isElsewhere = (where: string) => Number(where !== host);
    const plans = [...this.#plans].sort(([a], [b]) => isElsewhere(a) - isElsewhere(b));
    return plans.map(([, plan]) => urlOf(plan));
  }

  #superviseServer(host: string, plan: ServerPlan, basis: ServerBasis): Supervised {
    const { command, args, env } = serverProgram(plan, basis);
    return this.#supervise(host, plan.id, { command, args, env, tethered: true });
  }

  #superviseNode(node: (typeof nodes)[number]): Supervised {
    const host = this.hostOf(node);
    const servers = ['--servers', this.#urlsAt(host).join(','), plainTextArgument];
    const rest = ['--election', 'lowest-id', '--http-port', String(watchPortOf(node))];
    const args = [program, 'node', '--id', node, '--data', this.data, ...servers, ...rest];
    const env = ownEnvironment(join(this.folder, 'home'));
    return this.#supervise(host, node, { command: process.execPath, args, env });
  }

  #supervise(
    host: string,
    id: string,
    plan: Pick<ProcessPlan, 'command' | 'args' | 'env' | 'tethered'>,
  ): Supervised {
    const [command, ...entry] = this.hosts.entryOf(host);
    return new Supervised({
      ...plan,
      command,
      args: [...entry, plan.command, ...plan.args],
      restart: true,
      started: () => undefined,
      line: (text) => ofServers.test(text) || this.#voice.write(`${text}\n`),
      died: (how) => this.#voice.write(`${id} died (${how})\n`),
    });
  }
}

function watchPortOf(node: (typeof nodes)[number]): number {
  return firstWatchPort + nodes.indexOf(node);
}
