/** The real `verbatim` program as a test uses it: run to its end, or kept running and listened to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { Lines } from './lines.ts';

export const program = fileURLToPath(new URL('../../cli/verbatim', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: string[];
  /** Standard output, a JSON object a line. */
  readonly json: Record<string, unknown>[];
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
}

/** As another user of the system; or another checkout's program. */
export interface How {
  readonly uid?: number;
  readonly gid?: number;
  readonly program?: string;
}

const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs it with nothing of the caller's environment that would matter. */
export class Cli {
  readonly env: NodeJS.ProcessEnv;
  readonly #how: How;

  constructor(env: NodeJS.ProcessEnv, how: How = {}) {
    this.env = env;
    this.#how = how;
  }

  async run(args: readonly string[], { input = '', env = {} }: RunOptions = {}): Promise<Ended> {
    const child = this.#spawn(args, env);
    child.stdin?.on('error', () => undefined); // it need not read everything
    child.stdin?.end(input);
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'close'),
    ]);
    const lines = stdout.split('\n').slice(0, -1);
    return {
      status: status as number | null,
      stdout,
      stderr,
      lines,
      get json() {
        return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      },
    };
  }

  /** @throws unless it did what it was asked. */
  async done(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const ended = await this.run(args, options);
    if (ended.status === 0) return ended;
    throw new Error(`verbatim ${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
  }

  start(args: readonly string[]): Running {
    return new Running(this.#spawn(args, {}));
  }

  #spawn(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const { program: path = program, ...as } = this.#how;
    const child = spawn(process.execPath, [path, ...args], {
      ...as,
      env: { ...this.env, ...env },
      stdio: 'pipe',
      cwd: '/',
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  }
}

/** A command that goes on. */
export class Running {
  readonly child: ChildProcess;
  readonly out: Lines;
  readonly err: Lines;
  readonly #ended: Promise<unknown[]>;

  constructor(child: ChildProcess) {
    this.child = child;
    this.#ended = once(child, 'close');
    this.out = new Lines(child.stdout!, 'standard output');
    this.err = new Lines(child.stderr!, 'standard error');
  }

  /** What it is told, as if it were typed. */
  type(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  endInput(): void {
    this.child.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** @returns the exit status. */
  async ended(): Promise<number | null> {
    const [status] = await this.#ended;
    return status as number | null;
  }
}
