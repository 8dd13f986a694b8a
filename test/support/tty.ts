/** A terminal of which every byte is seen and answered by the test: what tmux does not know of can be tried there. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll } from 'vitest';
import { program } from './cli.ts';

/** By util-linux' `script`. */
export const hasScript = spawnSync('script', ['--version']).status === 0;

const patienceMs = 10_000;
const open = new Set<Tty>();
afterAll(async () => {
  for (const tty of open) await tty.close();
});

export class Tty {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  written = '';

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    const words = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
    this.#child = spawn('script', ['-qefc', `stty cols 80 rows 24; exec ${words}`, '/dev/null'], {
      env: { ...env, TERM: 'xterm-256color' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#ended = once(this.#child, 'close');
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.written += text;
    });
    open.add(this);
  }

  type(bytes: string): void {
    this.#child.stdin!.write(bytes);
  }

  /** Resolves when this was written so often since a moment. */
  async writes(what: string, times = 1, since = 0): Promise<void> {
    const late = AbortSignal.timeout(patienceMs);
    while (countOf(this.written.slice(since), what) < times)
      await once(this.#child.stdout!, 'data', { signal: late }).catch(() => {
        const last = JSON.stringify(this.written.slice(-500));
        throw new Error(`${JSON.stringify(what)} was not written ${times} times; last came ${last}`);
      });
  }

  async close(): Promise<void> {
    open.delete(this);
    this.#child.kill();
    await this.#ended;
  }

  async ended(): Promise<void> {
    await this.#ended;
  }
}

export function countOf(text: string, what: string): number {
  return text.split(what).length - 1;
}
