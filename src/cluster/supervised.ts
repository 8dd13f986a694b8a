/** A child process that is started again when it dies, until it is stopped. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { Patience } from './patience.ts';
import { tether } from './tether.ts';

export interface ProcessPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly restart: boolean;
  /** It does not listen to its supervisor, as nodes do: it is made to end with it, and Ctrl-C does not reach it. */
  readonly tethered?: boolean;
  /** At each start, the first included. */
  started(pid: number): void;
  /** A line that the process wrote to its standard error. */
  line(text: string): void;
  /** It ended without being asked; `willRestart` after a while. */
  died(how: string, willRestart: boolean): void;
}

const killAfterMs = 5_000;

export class Supervised {
  readonly #plan: ProcessPlan;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  readonly #patience = new Patience();
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(plan: ProcessPlan) {
    this.#plan = plan;
    this.#start();
  }

  /** Asks the process to end, and makes it end if it does not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await this.#ended;
    clearTimeout(killer);
  }

  #start(): void {
    const { command, args, env, tethered = false } = this.#plan;
    // The channel tells a node when its supervisor is gone, so that it does not live on alone.
    const stdio = ['ignore', 'ignore', 'pipe', ...(tethered ? [] : ['ipc' as const])] satisfies StdioOptions;
    const startedMs = performance.now();
    const child = spawn(command, args, { env, stdio, detached: tethered });
    const cut = tethered && child.pid !== undefined ? tether(child.pid) : () => undefined;
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => this.#end(`cannot be started: ${error.message}`, startedMs, resolve));
      // Not `exit`: its last words come first.
      child.once('close', (code, signal) => {
        cut();
        this.#end(signal ?? `exit status ${code}`, startedMs, resolve);
      });
    });
    eachLine(child, (text) => this.#plan.line(text));
    if (child.pid !== undefined) this.#plan.started(child.pid);
  }

  #end(how: string, startedMs: number, resolve: () => void): void {
    if (this.#child === undefined) return;
    this.#child = undefined;
    resolve();
    if (this.#stopping) return;
    this.#plan.died(how, this.#plan.restart);
    if (!this.#plan.restart) return;
    const waitMs = this.#patience.died(performance.now() - startedMs);
    this.#timer = setTimeout(() => this.#start(), waitMs);
  }
}

function eachLine(child: ChildProcess, take: (line: string) => void): void {
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line) take(line);
  });
}
