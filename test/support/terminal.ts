/** A real terminal, by way of tmux: what is typed goes to the program, and the screen is read as a person would. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { program } from './cli.ts';
import { Lines } from './lines.ts';
import { tempFolder } from './temp-folder.ts';

const run = promisify(execFile);

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** Well within the time that a test has: what the screen showed instead is told. */
const patienceMs = 60_000;

const open = new Set<Terminal>();
afterAll(async () => {
  for (const terminal of open) await terminal.close();
});

export class Terminal {
  readonly #socket = join(tempFolder(), 'tmux');
  readonly #env: NodeJS.ProcessEnv;
  #watcher: ChildProcess | undefined;
  #events: Lines | undefined;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = { ...env, TERM: 'xterm-256color', SHELL: '/bin/sh' };
  }

  /** Runs `verbatim` in it; when that ends, by Ctrl-C or otherwise, its exit status is shown. */
  static async open(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Terminal> {
    return await Terminal.#run(`trap : INT; ${commandLine(args)}; echo "exit status $?"; cat`, env);
  }

  /** Runs it from a shell with job control, as people do. */
  static async openShell(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Terminal> {
    const terminal = await Terminal.#run('sh -i', { ...env, PS1: 'shell> ' });
    await terminal.shows('shell>');
    await terminal.enter(commandLine(args));
    return terminal;
  }

  static async #run(command: string, env: NodeJS.ProcessEnv): Promise<Terminal> {
    const terminal = new Terminal(env);
    open.add(terminal);
    await terminal.#tmux('new-session', '-d', '-x', '120', '-y', '40', command);
    terminal.#watcher = spawn('tmux', ['-S', terminal.#socket, '-C', 'attach', '-f', 'ignore-size'], {
      env: terminal.#env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    terminal.#events = new Lines(terminal.#watcher.stdout!, 'the terminal');
    return terminal;
  }

  /** Letters, as they are. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-l', text);
  }

  /** Keys by name, such as Enter or C-c. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  async enter(text: string): Promise<void> {
    await this.type(text);
    await this.press('Enter');
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  async screen(): Promise<string> {
    return (await this.#tmux('capture-pane', '-p')).trimEnd();
  }

  /** The screen, once it shows this: it is looked at whenever something was written to it. */
  async shows(pattern: RegExp | string): Promise<string> {
    const late = AbortSignal.timeout(patienceMs);
    const tooLate = once(late, 'abort').then(() => false);
    for (;;) {
      const heard = this.#events!.all.length;
      const screen = await this.screen();
      if (typeof pattern === 'string' ? screen.includes(pattern) : pattern.test(screen)) return screen;
      const output = this.#events!.next('%output', heard).catch(() => {
        throw new Error(`the terminal closed; it showed:\n${screen}`);
      });
      if (!(await Promise.race([output.then(() => true), tooLate])))
        throw new Error(`${pattern} never came; the terminal showed:\n${screen}`);
    }
  }

  /** Resolves when the screen does not show this any more. */
  async gone(text: string): Promise<void> {
    await this.shows(new RegExp(`^(?![^]*${text})`));
  }

  async close(): Promise<void> {
    open.delete(this);
    const watcher = this.#watcher;
    if (!watcher) return;
    this.#watcher = undefined;
    const ended = watcher.exitCode === null ? once(watcher, 'close') : undefined;
    await this.#tmux('kill-server').catch(() => undefined);
    await ended;
  }

  async #tmux(...args: string[]): Promise<string> {
    return (await run('tmux', ['-S', this.#socket, '-f', '/dev/null', ...args], { env: this.#env })).stdout;
  }
}

function commandLine(args: readonly string[]): string {
  return [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
}
