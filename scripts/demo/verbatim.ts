/** The real `verbatim` command, driven through its standard input and output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/support/free-port.ts';

const program = fileURLToPath(new URL('../../cli/verbatim', import.meta.url));
const password = 'correct horse battery staple';

export interface Verbatim {
  readonly env: NodeJS.ProcessEnv;
  leader(): Promise<{ node: string; pid: number }>;
  stop(): Promise<void>;
}

/** @param folder for data and profiles; nothing outside it is touched. */
export async function startVerbatim(folder: string): Promise<Verbatim> {
  const port = await freePort();
  const data = join(folder, 'data');
  const env = {
    ...process.env,
    VERBATIM_DATA: data,
    VERBATIM_SERVERS: `nats://127.0.0.1:${port}`,
    XDG_CONFIG_HOME: join(folder, 'config'),
  };
  const up = spawn(process.execPath, [program, 'up', '--port', String(port), '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: up.stderr }).on('line', (line) =>
    process.stdout.write(`  ${line.replace(/^\S+T\S+Z /, '')}\n`),
  );
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: up.stdout }).on('line', (line) => line.includes('"ready":true') && resolve());
    up.once('exit', () => reject(new Error('the cluster did not start')));
  });
  const verbatim: Verbatim = {
    env,
    leader: async () => {
      const lines = (await runVerbatim(verbatim, ['status', '--json'], 'alice')).trim().split('\n');
      const nodes = lines.map((line) => JSON.parse(line) as { node: string; role: string; pid: number });
      const leader = nodes.find(({ role }) => role === 'leader');
      if (!leader) throw new Error('there is no leader');
      return leader;
    },
    stop: async () => {
      up.kill('SIGTERM');
      if (up.exitCode === null) await once(up, 'exit');
    },
  };
  return verbatim;
}

/** Runs a command to its end as a user. @returns what it printed, unless that went to `output` as it came. */
export async function runVerbatim(
  { env }: Verbatim,
  args: readonly string[],
  user: string,
  output?: NodeJS.WritableStream,
  input = '',
): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...env, VERBATIM_PROFILE: user },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (output) output.write(chunk);
    else printed += chunk;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`verbatim ${args[0]} ended with status ${status}`);
  return printed;
}

/** One user: a `send -` to the other that stays open, and an `inbox --follow` that shows what comes. */
export class Session {
  readonly #sending: ChildProcess;
  readonly #inbox: ChildProcess;
  readonly #received: { text: string; session: string }[] = [];
  #wake: () => void = () => undefined;
  #expected = 0;

  private constructor(sending: ChildProcess, inbox: ChildProcess) {
    this.#sending = sending;
    this.#inbox = inbox;
    createInterface({ input: inbox.stdout! }).on('line', (line) => {
      this.#received.push(JSON.parse(line) as { text: string; session: string });
      this.#wake();
    });
  }

  static async open(verbatim: Verbatim, user: 'alice' | 'bob'): Promise<Session> {
    await runVerbatim(verbatim, ['register', user, '--password-stdin'], user, undefined, `${password}\n`);
    await runVerbatim(verbatim, ['login', user, '--password-stdin'], user, undefined, `${password}\n`);
    const env = { ...verbatim.env, VERBATIM_PROFILE: user };
    const start = (args: readonly string[]) =>
      spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const other = user === 'alice' ? 'bob' : 'alice';
    return new Session(
      start(['send', other, '-', '--timeout', '30s']),
      start(['inbox', '--follow', '--json']),
    );
  }

  type(text: string): void {
    this.#sending.stdin?.write(`${text}\n`);
  }

  /** Resolves when the next message arrives. @throws if it is another one: nothing is lost, repeated or out of order. */
  async receives(text: string): Promise<void> {
    const index = this.#expected++;
    while (this.#received.length <= index) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const got = this.#received[index]?.text;
    if (got !== text) throw new Error(`received ${JSON.stringify(got)} instead of ${JSON.stringify(text)}`);
  }

  lastSession(): string {
    return this.#received.at(-1)?.session ?? '';
  }

  async close(): Promise<void> {
    this.#sending.stdin?.end();
    await once(this.#sending, 'close');
    this.#inbox.kill('SIGTERM');
    await once(this.#inbox, 'close');
  }
}
