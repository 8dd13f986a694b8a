/**
 * Profiles: who somebody is on this machine, kept between commands. A profile holds the log-in token, so only its owner
 * may read it, and the highest log position that was seen, so that the next command never shows an older state (P7).
 */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Identity } from '../src/client/client.ts';
import { Refusal } from './failure.ts';

const identitySchema = z.object({
  user: z.string(),
  name: z.string(),
  token: z.string(),
  position: z.int().min(0),
  /** Profiles of before 0.2 do not say. */
  cluster: z.string().optional(),
});

/** Nobody needs it for longer than a few milliseconds: whoever has it still was killed. */
const lockMsMax = 1_000;
const lockPollMs = 2;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

export class Profile {
  readonly #folder: string;
  readonly #path: string;

  constructor(name: string, env: NodeJS.ProcessEnv = process.env) {
    const configuration = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
    this.#folder = join(configuration, 'verbatim', 'profiles');
    this.#path = join(this.#folder, `${name}.json`);
  }

  /** @returns undefined when nobody is logged in. @throws {Refusal} when the file cannot be used. */
  read(): Identity | undefined {
    try {
      return check(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Refusal(
        'profile-unusable',
        `${this.#path} cannot be used (${(error as Error).message}); remove it and log in again`,
      );
    }
  }

  write(identity: Identity): void {
    this.#alone(() => this.#replace(identity));
  }

  /** Notes how far the log was seen: never less than before, and only while the same log-in is kept. */
  keepPosition({ token }: Identity, position: number): void {
    const isBehind = (kept: Identity | undefined) => kept?.token === token && kept.position < position;
    if (!isBehind(this.read())) return;
    this.#alone(() => {
      const kept = this.read();
      if (kept && isBehind(kept)) this.#replace({ ...kept, position });
    });
  }

  remove(): void {
    this.#alone(() => rmSync(this.#path, { force: true }));
  }

  #replace(identity: Identity): void {
    const draft = `${this.#path}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(identity)}\n`, { mode: 0o600 });
    renameSync(draft, this.#path);
  }

  /**
   * One command at a time: between reading and writing, another could note a higher position, log in or log out, and
   * that would be lost.
   */
  #alone(work: () => void): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const lock = `${this.#path}.lock`;
    const patientUntilMs = performance.now() + lockMsMax;
    while (!isTaken(lock)) {
      if (performance.now() < patientUntilMs) Atomics.wait(sleeper, 0, 0, lockPollMs);
      else rmSync(lock, { force: true });
    }
    try {
      work();
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

/** @returns false when somebody else has it. */
function isTaken(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function check(value: unknown): Identity {
  const { success, data } = identitySchema.safeParse(value);
  if (!success) throw new Error('it is not a profile');
  return data;
}
