/** A cluster of real processes, started by the program's own `up`, with the means to hurt each of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../../cli/verbatim', import.meta.url));
export const nodes = ['n1', 'n2', 'n3'] as const;
export const server = 'nats-1';

const startMsMax = 30_000;
const killMsMax = 2_000;

interface Saying {
  readonly from: number;
  readonly pattern: RegExp;
  resolve(line: string): void;
}

const running = new Set<RealCluster>();
// However this process ends, nothing of a cluster stays behind, a stopped process least of all.
process.on('exit', () => {
  for (const cluster of running) cluster.destroy();
});

export class RealCluster {
  readonly folder: string;
  readonly port: number;
  /** Every process that ever belonged to it. */
  readonly everyPid = new Set<number>();
  /** What it says to its operator. */
  readonly said: string[] = [];
  readonly #up: ChildProcess;
  readonly #pids = new Map<string, number>();
  readonly #sayings = new Set<Saying>();
  /** How many want the supervisor not to start anything. */
  #holds = 0;
  /** Ids of processes that are stopped, with how many want it. */
  readonly #paused = new Map<string, number>();

  private constructor(folder: string, port: number, up: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.#up = up;
    running.add(this);
  }

  /** Ready: a leader serves. */
  static async start(folder: string, args: readonly string[]): Promise<RealCluster> {
    const port = await freePort();
    const home = join(folder, 'home');
    mkdirSync(home, { recursive: true });
    const command = ['up', '--json', '--data', join(folder, 'data'), '--port', String(port), ...args];
    const up = spawn(process.execPath, [program, ...command], {
      env: ownEnvironment(home),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const cluster = new RealCluster(folder, port, up);
    await cluster.#listen();
    return cluster;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get operatorPassword(): string {
    return this.#secrets.operatorPassword;
  }

  get nodePassword(): string {
    return this.#secrets.nodePassword;
  }

  pid(id: string): number | undefined {
    return this.#pids.get(id);
  }

  isPaused(id: string): boolean {
    return this.#paused.has(id);
  }

  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** @returns whether there was a process to kill; it is gone then. */
  kill(id: string, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): boolean {
    const pid = this.#pids.get(id);
    if (pid === undefined || !isRunning(pid)) return false;
    process.kill(pid, signal);
    const untilMs = performance.now() + killMsMax;
    // Milliseconds; whoever comes next finds its files free.
    while (signal === 'SIGKILL' && isRunning(pid) && performance.now() < untilMs);
    return true;
  }

  pause(id: string): void {
    this.#paused.set(id, (this.#paused.get(id) ?? 0) + 1);
    this.#signal(id, 'SIGSTOP');
  }

  resume(id: string): void {
    const left = (this.#paused.get(id) ?? 0) - 1;
    if (left > 0) return void this.#paused.set(id, left);
    this.#paused.delete(id);
    this.#signal(id, 'SIGCONT');
  }

  /** From now on the dead stay dead. */
  hold(): void {
    this.#holds += 1;
    this.#up.kill('SIGSTOP');
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#up.kill('SIGCONT');
  }

  /** The first line said from now on that matches, or undefined after a time. */
  async saying(pattern: RegExp, timeoutMs: number, from = this.said.length): Promise<string | undefined> {
    const known = this.said.slice(from).find((line) => pattern.test(line));
    if (known !== undefined) return known;
    return await new Promise((resolve) => {
      const saying: Saying = { from, pattern, resolve: (line) => end(line) };
      const timer = setTimeout(() => end(undefined), timeoutMs);
      const end = (line: string | undefined) => {
        clearTimeout(timer);
        this.#sayings.delete(saying);
        resolve(line);
      };
      this.#sayings.add(saying);
    });
  }

  /** Lets everything run again. */
  healProcesses(): void {
    for (const id of [...this.#paused.keys()]) {
      this.#paused.delete(id);
      this.#signal(id, 'SIGCONT');
    }
    this.#holds = 0;
    this.#up.kill('SIGCONT');
  }

  /** @returns the exit status of `up`. */
  async stop(): Promise<number | null> {
    const { exitCode } = this.#up;
    if (exitCode !== null) return exitCode;
    const ended = once(this.#up, 'close');
    this.#up.kill('SIGTERM');
    const [status] = await ended;
    return status as number | null;
  }

  /** Processes of this cluster that still run, by command line. */
  leftOver(): string[] {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids
      .map(Number)
      .filter((pid) => isRunning(pid) && isOf(pid, this.folder))
      .map((pid) => `${pid} ${about(pid, 'cmdline').replaceAll('\0', ' ')}`);
  }

  /** At once, whatever state it is in. */
  destroy(): void {
    running.delete(this);
    for (const pid of [...this.everyPid, this.#up.pid ?? 0]) {
      if (pid > 0 && isRunning(pid) && isOf(pid, this.folder)) kill9(pid);
    }
  }

  get #secrets(): { operatorPassword: string; nodePassword: string } {
    return JSON.parse(readFileSync(join(this.data, 'secrets.json'), 'utf8')) as {
      operatorPassword: string;
      nodePassword: string;
    };
  }

  async #listen(): Promise<void> {
    const log = createWriteStream(join(this.folder, 'up.log'), { flags: 'a' });
    createInterface({ input: this.#up.stderr! }).on('line', (line) => {
      log.write(`${line}\n`);
      this.#heard(line);
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the cluster did not start in time')), startMsMax);
      this.#up.once('exit', (code) => reject(new Error(`up ended with ${code}: ${this.said.join('\n')}`)));
      createInterface({ input: this.#up.stdout! }).on('line', (line) => {
        log.write(`${line}\n`);
        const { id, pid, ready } = JSON.parse(line) as { id?: string; pid?: number; ready?: boolean };
        if (id !== undefined && pid !== undefined) this.#started(id, pid);
        if (!ready) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #started(id: string, pid: number): void {
    this.#pids.set(id, pid);
    this.everyPid.add(pid);
    if (this.#paused.has(id)) process.kill(pid, 'SIGSTOP');
  }

  #heard(line: string): void {
    this.said.push(line);
    for (const { from, pattern, resolve } of this.#sayings) {
      if (this.said.length > from && pattern.test(line)) resolve(line);
    }
  }

  #signal(id: string, signal: NodeJS.Signals): void {
    const pid = this.#pids.get(id);
    if (pid !== undefined && isRunning(pid)) process.kill(pid, signal);
  }
}

/** Nothing of the caller's that would matter. */
export function ownEnvironment(home: string): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = process.env;
  return { PATH, TMPDIR, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), LANG: 'C.UTF-8' };
}

/** A process that has ended but was not fetched by its parent yet does not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Every process of a cluster has its home in the cluster's folder, or its store; ids are used again, folders are not. */
function isOf(pid: number, folder: string): boolean {
  return about(pid, 'environ').includes(`${folder}/`) || about(pid, 'cmdline').includes(`${folder}/`);
}

function about(pid: number, what: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return '';
  }
}

function kill9(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number }; // a TCP server's address
  probe.close();
  await once(probe, 'close');
  return port;
}
