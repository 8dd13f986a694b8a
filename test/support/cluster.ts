/** A real cluster of a test's own: the program's own `up`, a free port, folders that go away. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Cli, type Ended, type Running } from './cli.ts';
import { tempFolder } from './temp-folder.ts';

export const password = 'correct horse battery';

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

export async function freePort(): Promise<number> {
  return await new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }; // a TCP server's address
      probe.close(() => resolve(port));
    });
  });
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

const clusters = new Set<TestCluster>();
afterAll(async () => {
  for (const cluster of clusters) await cluster.stop();
});

export class TestCluster {
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  readonly #args: readonly string[];
  readonly #pids = new Map<string, number>();
  #up: Running | undefined;

  private constructor(args: readonly string[], data: string, port: number) {
    this.#args = args;
    this.data = data;
    this.port = port;
    this.env = { ...ownEnvironment(), VERBATIM_DATA: data };
  }

  /** Ready: a leader serves. */
  static async start(...args: string[]): Promise<TestCluster> {
    const cluster = new TestCluster(args, join(tempFolder(), 'data'), await freePort());
    clusters.add(cluster);
    await cluster.restart();
    return cluster;
  }

  /** The same folder, the same port. */
  async restart(): Promise<void> {
    const args = ['up', '--json', '--data', this.data, '--port', String(this.port), ...this.#args];
    this.#up = new Cli(this.env).start(args);
    await this.#up.out.next('"ready":true');
    for (const line of this.#up.out.all) this.#noteStart(line);
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

  async leader(): Promise<string> {
    const { json } = await this.status();
    return String(json.find(({ role }) => role === 'leader')?.node);
  }

  /** State hashes by node. */
  async hashes(): Promise<unknown[]> {
    return (await this.status()).json.map(({ state_hash: hash }) => hash);
  }

  pid(process: string): number {
    return this.#pids.get(process)!;
  }

  /** kill -9. @returns when the supervisor has noticed. */
  async kill(node: string): Promise<void> {
    const heard = this.said.all.length;
    process.kill(this.pid(node), 'SIGKILL');
    await this.said.next(`${node} died (SIGKILL)`, heard);
  }

  /** The leader, by kill -9. @returns who leads then, as another node says. */
  async killLeader(leads?: string): Promise<{ killed: string; leader: string }> {
    const killed = leads ?? (await this.leader());
    const heard = this.said.all.length;
    process.kill(this.pid(killed), 'SIGKILL');
    const line = await this.said.next(/: n\d leads epoch \d+$/, heard);
    return { killed, leader: /(n\d) leads/.exec(line)![1]! };
  }

  /** Waits for a process to be started once more. */
  async restarted(node: string): Promise<void> {
    const before = this.pid(node);
    const line = await this.#running.out.next(new RegExp(`"id":"${node}","pid":(?!${before}\\b)`));
    this.#noteStart(line);
  }

  operatorPassword(): string {
    return (JSON.parse(readFileSync(join(this.data, 'secrets.json'), 'utf8')) as { operatorPassword: string })
      .operatorPassword;
  }

  get #running(): Running {
    if (!this.#up) throw new Error('the cluster is not running');
    return this.#up;
  }

  #noteStart(line: string): void {
    const { id, pid } = JSON.parse(line) as { id?: string; pid?: number };
    if (id && pid) this.#pids.set(id, pid);
  }
}
