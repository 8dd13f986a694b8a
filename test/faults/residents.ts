/** Those who live on hosts, for the test that asks them: programs of their own, which also tell what they meet. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { StateAt } from '../../src/checkers/hashes.ts';
import type { LineState } from '../../src/client/line.ts';
import type { NodeStatus } from '../../src/operator/operator.ts';
import { ownEnvironment } from './processes.ts';

/** What a resident knows. */
export interface Home {
  readonly name: string;
  /** To whom it writes. */
  readonly others: readonly string[];
  /** Of the servers, in the order in which they are tried. */
  readonly urls: readonly string[];
  /** The server on its host, empty where there is none. */
  readonly server: string;
  /** Of the node on its host. */
  readonly watchPort: number;
  readonly operatorPassword: string;
  readonly history: string;
}

/** What is told without being asked. `*_ms` are of the machine's monotonic clock. */
export type Notice =
  | { readonly is: 'state'; readonly state: LineState; readonly at_ms: number }
  | { readonly is: 'acknowledged'; readonly invoked_ms: number; readonly at_ms: number };

interface Answers {
  /** Registers, logs in and follows the queue. */
  readonly register: undefined;
  /** Writes and reads from now on. */
  readonly begin: undefined;
  /** Writes no more; everything was answered and shown. */
  readonly finish: undefined;
  /** Of the nodes that can be reached from there. */
  readonly statuses: NodeStatus[];
  /** Whether the node on its host would answer readers. */
  readonly isReady: boolean;
  /** Within 40 s. */
  readonly inSync: boolean;
  readonly hashes: readonly (readonly [node: string, hashes: StateAt[]])[];
  /** To the server on its host. */
  readonly moveStream: undefined;
}

export type Question = keyof Answers;
export interface Asked {
  readonly id: number;
  readonly question: Question;
}

type Said =
  | { readonly notice: Notice }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failed: string };

interface Waiter {
  matches(notice: Notice): boolean;
  resolve(notice: Notice): void;
  reject(error: Error): void;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = fileURLToPath(new URL('resident-main.ts', import.meta.url));

export class Resident {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #notices: Notice[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #asked = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  #questions = 0;

  /** @param entry in front of a command that is to run on its host. */
  constructor(entry: readonly [string, ...string[]], home: Home, folder: string) {
    const [command, ...rest] = entry;
    this.name = home.name;
    this.#child = spawn(command, [...rest, process.execPath, '--import', 'tsx', program], {
      cwd: root,
      env: { ...ownEnvironment(folder), RESIDENT_HOME: JSON.stringify(home) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (said: Said) => this.#heard(said));
    this.#child.once('exit', () => this.#gone());
  }

  async ask<Q extends Question>(question: Q): Promise<Answers[Q]> {
    const id = ++this.#questions;
    const answer = await new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#child.send({ id, question } satisfies Asked);
    });
    return answer as Answers[Q]; // the resident answers what it is asked
  }

  /** @returns when something was acknowledged that was asked for after a moment. */
  async acknowledgedAfter(ms: number): Promise<number> {
    return (await this.#notice((notice) => notice.is === 'acknowledged' && notice.invoked_ms >= ms)).at_ms;
  }

  /** @returns when its client came to be in a state, after a moment. */
  async cameTo(state: LineState, afterMs: number): Promise<number> {
    const matches = (notice: Notice) =>
      notice.is === 'state' && notice.state === state && notice.at_ms >= afterMs;
    return (await this.#notice(matches)).at_ms;
  }

  /** When something was acknowledged to it, between two moments. */
  acknowledgedBetween(fromMs: number, toMs: number): number[] {
    return this.#notices
      .filter((notice) => notice.is === 'acknowledged' && notice.at_ms > fromMs && notice.at_ms < toMs)
      .map(({ at_ms }) => at_ms);
  }

  leave(): void {
    this.#child.kill('SIGKILL');
  }

  /** The first notice of all that matches, or of those to come. */
  async #notice(matches: (notice: Notice) => boolean): Promise<Notice> {
    const known = this.#notices.find(matches);
    if (known) return known;
    return await new Promise((resolve, reject) => {
      this.#waiters.add({ matches, resolve, reject });
    });
  }

  #heard(said: Said): void {
    if ('notice' in said) this.#noticed(said.notice);
    else this.#answered(said);
  }

  #answered(said: Exclude<Said, { notice: Notice }>): void {
    const asked = this.#asked.get(said.id);
    this.#asked.delete(said.id);
    if ('failed' in said) asked?.reject(new Error(`${this.name}: ${said.failed}`));
    else asked?.resolve(said.answer);
  }

  #noticed(notice: Notice): void {
    this.#notices.push(notice);
    for (const waiter of this.#waiters) {
      if (!waiter.matches(notice)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(notice);
    }
  }

  #gone(): void {
    const waiting = [...this.#asked.values(), ...this.#waiters];
    for (const { reject } of waiting) reject(new Error(`${this.name} ended`));
  }
}
