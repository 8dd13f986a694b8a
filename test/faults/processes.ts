/** A cluster of real processes, started by the program's own `up`, with the means to hurt each of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/free-port.ts';
import { isOf, isRunning, kill9, limitFiles, processesOf } from './process-table.ts';
import { serverWithSaboteur } from './saboteur.ts';

export const program = fileURLToPath(new URL('../../cli/verbatim', import.meta.url));
export const nodes = ['n1', 'n2', 'n3'] as const;

const preload = new URL('preload.mjs', import.meta.url).href;
/** As many as a cluster of three nats-servers takes. */
const portsOfThree = 6;
const startMsMax = 30_000;
const killMsMax = 2_000;

interface Saying {
  readonly from: number;
  readonly pattern: RegExp;
  resolve(line: string): void;
}

/** What `up --json` says: that a process started, or that the cluster is ready. */
interface Told {
  readonly id?: string;
  readonly pid?: number;
  readonly ready?: boolean;
  readonly servers?: readonly string[];
}

const running = new Set<RealCluster>();
// However this process ends, nothing of a cluster stays behind, a stopped process least of all.
process.on('exit', () => {
  for (const cluster of running) cluster.destroy();
});

export class RealCluster {
  readonly folder: string;
  readonly port: number;
  /** Addresses of its nats-servers. */
  urls: readonly string[] = [];
  /** Every process that ever belonged to it. */
  readonly everyPid = new Set<number>();
  /** What it says to its operator. */
  readonly said: string[] = [];
  readonly #up: ChildProcess;
  readonly #pids = new Map<string, number>();
  readonly #sayings = new Set<Saying>();
  /** How many want the supervisor not to start anything. */
  #holds = 0;
  /** Ids of processes that were kept from writing. */
  readonly #unwriting = new Set<string>();
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
    const port = await freePort(portsOfThree);
    const home = join(folder, 'home');
    const clocks = join(folder, 'clocks');
    for (const made of [home, clocks]) mkdirSync(made, { recursive: true });
    const command = ['up', '--json', '--data', join(folder, 'data'), '--port', String(port), ...args];
    const up = spawn(process.execPath, [program, ...command], {
      env: {
        ...ownEnvironment(home),
        NATS_SERVER: await serverWithSaboteur(folder),
        NODE_OPTIONS: `--import ${preload}`,
        VERBATIM_FAULTS_CLOCKS: clocks,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const cluster = new RealCluster(folder, port, up);
    await cluster.#listen();
    return cluster;
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  /** Ids of its nats-servers. */
  get servers(): readonly string[] {
    return this.urls.map((_, index) => `nats-${index + 1}`);
  }

  get operatorPassword(): string {
    const text = readFileSync(join(this.data, 'secrets.json'), 'utf8');
    return (JSON.parse(text) as { operatorPassword: string }).operatorPassword;
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

  /** A node's wall clock is off by so much from now on, in its next lives as well. */
  setClock(node: string, offByMs: number): void {
    writeFileSync(join(this.folder, 'clocks', node), String(offByMs));
  }

  /** Whether a process can make files grow; one that is started again can. @returns whether that could be brought about. */
  mayWrite(id: string, isAllowed: boolean): boolean {
    const pid = this.#pids.get(id);
    if (pid === undefined || !isRunning(pid)) return false;
    if (!isAllowed) this.#unwriting.add(id);
    return limitFiles(pid, isAllowed ? 'unlimited' : 0);
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
    for (const id of this.#unwriting) this.mayWrite(id, true);
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
    return processesOf(this.folder);
  }

  /** At once, whatever state it is in. */
  destroy(): void {
    running.delete(this);
    for (const pid of [...this.everyPid, this.#up.pid ?? 0]) {
      if (pid > 0 && isRunning(pid) && isOf(pid, this.folder)) kill9(pid);
    }
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
        const { id, pid, ready, servers } = JSON.parse(line) as Told;
        if (id !== undefined && pid !== undefined) this.#started(id, pid);
        if (!ready) return;
        this.urls = servers ?? [];
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
