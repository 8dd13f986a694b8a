/** A real nats-server of a test's own: a free port, a store of its own, JetStream with every write synced, no accounts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { tempFolder } from './temp-folder.ts';

const foundBySetup = fileURLToPath(new URL('../../.cache/nats-server.json', import.meta.url));

/** The program that set-up found, or undefined where there is none. */
export function natsServerPath(): string | undefined {
  try {
    return (JSON.parse(readFileSync(foundBySetup, 'utf8')) as { path: string }).path;
  } catch {
    return undefined;
  }
}

export class NatsServer {
  readonly #folder = tempFolder();
  readonly #path: string;
  readonly #settings: string;
  #child: ChildProcess | undefined;
  #port = -1; // any that is free; the same one ever after

  private constructor(path: string, settings: string) {
    this.#path = path;
    this.#settings = settings;
  }

  /** @param settings to add to its configuration. */
  static async start(settings = ''): Promise<NatsServer> {
    const path = natsServerPath();
    if (!path) throw new Error('there is no nats-server; run `npm run setup`');
    const server = new NatsServer(path, settings);
    await server.respawn();
    return server;
  }

  get url(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Resolves when the server is ready for clients. */
  async respawn(): Promise<void> {
    const child = spawn(this.#path, ['-c', this.#writeConfiguration()], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    process.once('exit', () => child.kill('SIGKILL'));
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line);
      this.#port = Number(/Listening for client connections on .*:(\d+)/.exec(line)?.[1] ?? this.#port);
      if (line.includes('Server is ready')) {
        child.stderr.resume(); // read on, or the pipe fills and the server waits
        return;
      }
    }
    throw new Error(`nats-server did not start:\n${said.join('\n')}`);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  #writeConfiguration(): string {
    const file = join(this.#folder, 'nats.conf');
    const store = join(this.#folder, 'store');
    writeFileSync(
      file,
      `host: "127.0.0.1"\nport: ${this.#port}\njetstream { store_dir: "${store}", sync_interval: always }\n${this.#settings}\n`,
    );
    return file;
  }
}
