/**
 * Wrong passwords and recovery codes slow down those who try, and lock nobody out.
 *
 * A lock after so many failures would be a gift to whoever wants to keep somebody else out. Here an attempt waits before
 * it is looked at: longer the more went wrong lately, on its connection or with that name, but never longer than
 * `waitMsMax`, so that the right password still gets in. Each connection has one attempt at a time, so guessing faster
 * takes more connections. Names that nobody has slow down like others. Whoever is logged in is not concerned by what
 * others try: a change of the password is no attempt on the name. Each of a user's clients waits for itself, until they
 * guessed too often together. A new leader knows nothing of all this and begins anew.
 */
import { canonicalName } from '../events/names.ts';
import type { Sender } from './decider.ts';
import type { SecretCommand } from './prepare.ts';
import { remember } from './remember.ts';

export interface Attempt {
  /** Who speaks: a guest's id, unlike every other connection's, or a user's and the client's. */
  readonly connection: string;
  /** Of the command: it waits once, however often it is sent. */
  readonly id: string;
  /** Canonical name that is tried, or whose password it is that a user changes, by whichever client. */
  readonly name: string | undefined;
}

interface Failures {
  readonly count: number;
  /** When there were so many. */
  readonly atMs: number;
}

const freeByConnection = 3;
const freeByName = 10;
const firstWaitMs = 500;
const waitMsMax = 4_000;
/** A failure is forgotten after so long. */
const forgivenMs = 60_000;
/** While another attempt of the same connection is looked at. */
const busyWaitMs = 200;
/** Connections and names that are remembered, each. */
const rememberedMax = 10_000;

export class Attempts {
  readonly #nowMs: () => number;
  readonly #byConnection = new Map<string, Failures>();
  readonly #byName = new Map<string, Failures>();
  /** The attempt of each connection that waits. */
  readonly #waiting = new Map<string, { readonly id: string; readonly dueMs: number }>();
  readonly #underWay = new Set<string>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @returns how long it has to wait still; 0: it is under way now, until `ended`. */
  begin(attempt: Attempt): number {
    const { connection } = attempt;
    if (this.#underWay.has(connection)) return busyWaitMs;
    const leftMs = this.#dueMs(attempt) - this.#nowMs();
    if (leftMs > 0) return leftMs;
    this.#waiting.delete(connection);
    this.#underWay.add(connection);
    return 0;
  }

  /** @param isRight undefined where that was not found out. */
  ended({ connection, name }: Attempt, isRight: boolean | undefined): void {
    this.#underWay.delete(connection);
    if (isRight === undefined) return;
    this.#note(this.#byConnection, connection, isRight);
    if (name !== undefined) this.#note(this.#byName, name, isRight);
  }

  #dueMs({ connection, id, name }: Attempt): number {
    const waiting = this.#waiting.get(connection);
    if (waiting?.id === id) return waiting.dueMs;
    const failed = [
      this.#count(this.#byConnection.get(connection)) - freeByConnection,
      name === undefined ? -1 : this.#count(this.#byName.get(name)) - freeByName,
    ];
    const excess = Math.max(...failed);
    const dueMs = this.#nowMs() + (excess < 0 ? 0 : Math.min(waitMsMax, firstWaitMs * 2 ** excess));
    if (excess >= 0) remember(this.#waiting, connection, { id, dueMs }, rememberedMax);
    return dueMs;
  }

  #count(failures: Failures | undefined): number {
    if (!failures) return 0;
    return Math.max(0, failures.count - Math.floor((this.#nowMs() - failures.atMs) / forgivenMs));
  }

  #note(failures: Map<string, Failures>, key: string, isRight: boolean): void {
    if (isRight) failures.delete(key);
    else {
      const count = this.#count(failures.get(key)) + 1;
      remember(failures, key, { count, atMs: this.#nowMs() }, rememberedMax);
    }
  }
}

export function attemptOf({ id: sender, client }: Sender, command: SecretCommand): Attempt {
  // No name begins with a slash: what others try on the name is nothing to whoever is logged in.
  if (command.type === 'ChangePassword')
    return { connection: `${sender}/${client}`, id: command.id, name: `/${sender}` };
  return { connection: sender, id: command.id, name: canonicalName(command.name) };
}
