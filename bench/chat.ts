/**
 * The chat as somebody at a terminal has it: the real program on a terminal of its own (by util-linux' `script`), keys
 * written to it, and what it writes to its screen awaited. In a conversation that 100,000 messages came into while it was
 * open.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Profile } from '../cli/profile.ts';
import { GuestClient, type Identity, UserClient } from '../src/client/client.ts';
import { systemClient } from '../src/client/system.ts';
import { type BenchCluster, program, removeFolder, temporaryFolder } from './cluster.ts';
import { quantile, type Row, round } from './measure.ts';

const inFlight = 1_000;
const keys = 1_000;
const starts = 10;
const said = 200;
/** Somebody who types fast. */
const keyEveryMs = 20;
const password = 'a password for a benchmark';
const patienceMs = 120_000;

/** @param messages how many come in while the chat is open. */
export async function benchChat(cluster: BenchCluster, messages: number): Promise<Row[]> {
  if (spawnSync('script', ['--version']).status !== 0) {
    process.stderr.write(
      'chat: not measured, there is no `script` (util-linux) here to give it a terminal\n',
    );
    return [];
  }
  const home = await temporaryFolder();
  try {
    return await measureIn(home, cluster, messages);
  } finally {
    await removeFolder(home);
  }
}

async function measureIn(home: string, { servers }: BenchCluster, messages: number): Promise<Row[]> {
  const options = systemClient(servers);
  const guest = new GuestClient(options);
  await guest.line.ready(patienceMs);
  const alice = await welcome(guest, 'alice', home);
  await welcome(guest, 'bob', home);
  await guest.close();
  const open = (profile: string, partner: string) => new Seat(home, servers, profile, partner);

  const talker = new UserClient(options, alice);
  await talker.line.ready(patienceMs);
  await talker.send('bob', 'the first');
  const startMs: number[] = [];
  for (let index = 0; index < starts; index++) {
    const seat = open('bob', 'alice');
    startMs.push(await seat.usable());
    await seat.close();
  }

  const seat = open('bob', 'alice');
  await seat.usable();
  const emptyMib = seat.memoryMib();
  let next = 0;
  const talk = async () => {
    while (next < messages) await talker.send('bob', `${next++} ${'word '.repeat(12)}`);
  };
  await Promise.all(Array.from({ length: inFlight }, talk));
  await talker.send('bob', 'the-very-last');
  await seat.shows('the-very-last');
  const keyMs = await keysOf(seat);
  const fullMib = seat.memoryMib();
  const peakMib = seat.memoryMib('VmHWM');
  await talker.close();

  const other = open('alice', 'bob');
  await other.usable();
  const sayMs: number[] = [];
  for (let index = 0; index < said; index++) {
    const word = `said-${index}-end`;
    other.type(word);
    await other.shows(word);
    const begunMs = performance.now();
    other.type('\r');
    await seat.shows(word);
    sayMs.push(performance.now() - begunMs);
  }
  await Promise.all([seat.close(), other.close()]);
  return [
    row('start to usable', startMs, 'ms'),
    row(`key to screen, ${messages} messages`, keyMs, 'ms'),
    row("own message on the other's screen", sayMs, 'ms'),
    { what: 'memory when opened', value: round(emptyMib), unit: 'MiB' },
    { what: `memory after ${messages} messages`, value: round(fullMib), peak: round(peakMib), unit: 'MiB' },
  ];
}

async function keysOf(seat: Seat): Promise<number[]> {
  const latenciesMs: number[] = [];
  for (let index = 0; index < keys; index++) {
    await pause(keyEveryMs);
    // Every hundredth goes through what was said; a letter and taking it away again change the line.
    const key = index % 100 === 99 ? '\x1b[5~' : index % 2 === 0 ? 'x' : '\x7f';
    const begunMs = performance.now();
    const shown = seat.changed();
    seat.type(key);
    await shown;
    latenciesMs.push(performance.now() - begunMs);
  }
  seat.type('\x15\x1b[1;5F');
  return latenciesMs;
}

function row(what: string, valuesMs: readonly number[], unit: string): Row {
  const sorted = [...valuesMs].sort((a, b) => a - b);
  const at = (q: number) => round(quantile(sorted, q));
  return { what, times: sorted.length, p50: at(0.5), p99: at(0.99), max: round(sorted.at(-1)!), unit };
}

async function welcome(guest: GuestClient, name: string, home: string): Promise<Identity> {
  await guest.register(name, password);
  const identity = await guest.logIn(name, password);
  new Profile(name, { XDG_CONFIG_HOME: home }).write(identity);
  return identity;
}

/** The program on a terminal of its own. */
class Seat {
  readonly #child: ChildProcess;
  readonly #begunMs = performance.now();
  readonly #partner: string;
  #shown = '';
  #told: () => void = () => undefined;

  constructor(home: string, servers: readonly string[], profile: string, partner: string) {
    this.#partner = partner;
    const args = [
      'chat',
      '--profile',
      profile,
      '--with',
      partner,
      '--no-bell',
      '--servers',
      servers.join(','),
    ];
    const words = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
    const env = {
      PATH: process.env.PATH,
      HOME: home,
      XDG_CONFIG_HOME: home,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
    };
    const command = `stty cols 120 rows 40; exec ${words}`;
    this.#child = spawn('script', ['-qefc', command, join(home, 'typescript')], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#child.stdout!.on('data', (chunk: Buffer) => {
      this.#shown = (this.#shown + chunk.toString()).slice(-20_000);
      this.#told();
    });
  }

  /** Resolves when one can type. @returns after how many milliseconds. */
  async usable(): Promise<number> {
    await this.shows(`${this.#partner}\x1b[0m> `);
    return performance.now() - this.#begunMs;
  }

  type(keys: string): void {
    this.#child.stdin!.write(keys);
  }

  /** Resolves when something is written next. */
  async changed(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#told = resolve;
    });
  }

  async shows(what: string | RegExp): Promise<void> {
    const late = AbortSignal.timeout(patienceMs);
    while (typeof what === 'string' ? !this.#shown.includes(what) : !what.test(this.#shown)) {
      if (late.aborted)
        throw new Error(`${what} was never shown, but ${JSON.stringify(this.#shown.slice(-500))}`);
      await Promise.race([this.changed(), pause(1_000)]);
    }
    this.#shown = '';
  }

  memoryMib(field = 'VmRSS'): number {
    const pid = execFileSync('pgrep', ['-P', String(this.#child.pid)])
      .toString()
      .trim()
      .split('\n')[0];
    const kib = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib) / 1_024;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.type('\x03');
    this.type('\x03');
    await ended;
  }
}
