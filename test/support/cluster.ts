/** A real cluster of a test's own: the program's own `up`, a free port, folders that go away. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Cli, type Ended, type Running } from './cli.ts';
import { freePort } from './free-port.ts';
import { tempFolder } from './temp-folder.ts';

export const password = 'correct horse battery';
/** As many as a cluster of three nats-servers takes. */
const portsOfThree = 6;

/** An environment with a home of its own. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const home = tempFolder();
  return {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    TMPDIR: process.env.TMPDIR,
    LANG: 'C.UTF-8',
  };
}

/** A process that has ended but was not fetched by its parent yet does not count. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).syscall === 'open'; // there is no /proc here
  }
}

export interface Leader {
  readonly node: string;
  readonly epoch: number;
}

const clusters = new Set<TestCluster>();
afterAll(async () => {
  for (const cluster of clusters) await cluster.stop();
});

export class TestCluster {
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  readonly #args: readonly string[];
  /** How much `up` had said when a process was killed. */
  readonly #killedAt = new Map<string, number>();
  #up: Running | undefined;

  private constructor(args: readonly string[], env: NodeJS.ProcessEnv, data: string, port: number) {
    this.#args = args;
    this.data = data;
    this.port = port;
    this.env = { ...ownEnvironment(), VERBATIM_DATA: data, ...env };
  }

  /** Ready: a leader serves. */
  static async start(...args: string[]): Promise<TestCluster> {
    return await TestCluster.startWith({}, ...args);
  }

  /** With more in its environment. */
  static async startWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<TestCluster> {
    return await TestCluster.#startIn(join(tempFolder(), 'data'), env, args);
  }

  /** In a folder that holds a log already. */
  static async startIn(data: string, ...args: string[]): Promise<TestCluster> {
    return await TestCluster.#startIn(data, {}, args);
  }

  static async #startIn(data: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<TestCluster> {
    const port = await freePort(portsOfThree);
    const cluster = new TestCluster(args, env, data, port);
    clusters.add(cluster);
    await cluster.restart();
    return cluster;
  }

  /** The same folder, the same port. */
  async restart(): Promise<void> {
    const args = ['up', '--json', '--data', this.data, '--port', String(this.port), ...this.#args];
    this.#up = new Cli(this.env).start(args);
    this.#killedAt.clear();
    await this.#up.out.next('"ready":true');
  }

  /** @returns the exit status of `up`; undefined where it was not running. */
  async stop(): Promise<number | null | undefined> {
    const up = this.#up;
    this.#up = undefined;
    up?.signal('SIGTERM');
    return await up?.ended();
  }

  /** kill -9 of `up` itself. @returns when the port is free again. */
  async killSupervisor(): Promise<void> {
    const server = connect(this.port, '127.0.0.1').resume();
    server.on('error', () => undefined);
    await once(server, 'connect');
    const up = this.#up;
    this.#up = undefined;
    up?.signal('SIGKILL');
    await Promise.all([up?.ended(), once(server, 'close')]);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** What the cluster prints, an object a line. */
  get told(): Running['out'] {
    return this.#running.out;
  }

  /** What the cluster says to its operator. */
  get said(): Running['err'] {
    return this.#running.err;
  }

  /** As somebody, who has a profile of that name. */
  as(profile: string): Cli {
    return new Cli({ ...this.env, VERBATIM_PROFILE: profile });
  }

  /** Registers and logs in. */
  async welcome(...names: string[]): Promise<Cli[]> {
    const clis = names.map((name) => this.as(name));
    for (const [index, name] of names.entries()) {
      await clis[index]!.done(['register', name, '--password-stdin'], { input: password });
      await clis[index]!.done(['login', name, '--password-stdin'], { input: password });
    }
    return clis;
  }

  async status(): Promise<Ended> {
    return await this.as('operator').run(['status', '--json']);
  }

  async leader(): Promise<Leader> {
    const { json, stderr } = await this.status();
    const leader = json.find(({ role }) => role === 'leader');
    if (!leader) throw new Error(`nobody leads: ${JSON.stringify(json)} ${stderr}`);
    return { node: String(leader.node), epoch: Number(leader.epoch) };
  }

  /** State hashes by node. */
  async hashes(): Promise<unknown[]> {
    return (await this.status()).json.map(({ state_hash: hash }) => hash);
  }

  /** Of the process that was started last under that id. */
  pid(id: string): number {
    const started = this.#running.out.all.map(startOf);
    return started.findLast((start) => start?.id === id)!.pid;
  }

  /** Processes that are stopped are silent, but not gone. */
  signal(signal: 'SIGSTOP' | 'SIGCONT', ...ids: string[]): void {
    for (const id of ids) process.kill(this.pid(id), signal);
  }

  /** kill -9. @returns when the supervisor has noticed. */
  async kill(id: string): Promise<void> {
    const heard = this.said.all.length;
    this.#killedAt.set(id, this.#running.out.all.length);
    process.kill(this.pid(id), 'SIGKILL');
    await this.said.next(`${id} died (SIGKILL)`, heard);
  }

  /** The leader, by kill -9. @returns when another node says that somebody leads a later epoch. */
  async killLeader(leads?: Leader): Promise<{ killed: string; leader: string; epoch: number }> {
    const { node: killed, epoch } = leads ?? (await this.leader());
    await this.kill(killed);
    return { killed, ...(await this.saysWhoLeads(epoch + 1)) };
  }

  /** Waits until a node says who leads. @param from that epoch or a later one: a late word about an older one may come. */
  async saysWhoLeads(from: number, node = 'n\\d'): Promise<{ leader: string; epoch: number }> {
    const pattern = new RegExp(` ${node}: (n\\d) leads epoch (\\d+)$`);
    const line = await this.said.next((said) => Number(pattern.exec(said)?.[2]) >= from);
    const [, leader = '', epoch] = pattern.exec(line)!;
    return { leader, epoch: Number(epoch) };
  }

  /** Waits for a process that was killed to be started once more. */
  async restarted(id: string): Promise<void> {
    const killedAt = this.#killedAt.get(id);
    if (killedAt === undefined) throw new Error(`${id} was not killed`);
    await this.#running.out.next((line) => startOf(line)?.id === id, killedAt);
  }

  /** One of those that were made at the first start. */
  secret(name: string): string {
    const secrets = JSON.parse(readFileSync(join(this.data, 'secrets.json'), 'utf8'));
    return (secrets as Record<string, string>)[name]!;
  }

  get #running(): Running {
    if (!this.#up) throw new Error('the cluster is not running');
    return this.#up;
  }
}

/** What `up` says when it starts a process. */
function startOf(line: string): { readonly id: string; readonly pid: number } | undefined {
  const { id, pid } = JSON.parse(line) as { id?: string; pid?: number };
  return id !== undefined && pid !== undefined ? { id, pid } : undefined;
}
