/**
 * One HTTP/2 connection of the gateway's, and those whom it may speak for: each token that a call brings is accepted once
 * on each connection, by the border, and its caller is kept for the next call until it was idle for a while.
 */
import { GuestClient } from '../../client/client.ts';
import { clientFor, type Representing } from '../../client/gateway.ts';
import { tokenRefused } from '../bearer.ts';
import { Caller, type LoggedIn } from '../caller.ts';
import { gatewayRefused } from '../failure.ts';

export interface ConnectionOptions {
  /** Of the far end, as its socket shows it. */
  readonly address: string;
  readonly cluster: Representing;
  readonly patienceMs: number;
}

/** What one HTTP/2 connection may hold open: half of what the border grants to one user. */
const brokerConnectionsMax = 16;
/** A log-in that no call used for so long is let go; the next call has it accepted anew. */
const idleMs = 60_000;
const rememberedMax = 64;

/** Told where items were taken. */
export interface Taker {
  taken(upTo: number): void;
}

interface Shared {
  readonly caller: Caller;
  /** Settles when it is known whether the token was accepted. */
  readonly accepted: Promise<LoggedIn>;
  uses: number;
  idle?: NodeJS.Timeout;
}

/** A connection to the broker that nobody else shares: of a stream, a registration, or a log-in on its way. */
interface Own {
  /** None as long as it speaks for nobody. */
  readonly token?: string;
  end(problem: Error): void;
}

/** A caller in use; it stays connected until it is released. */
export interface Lease {
  readonly caller: Caller;
  release(): void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  /** The one that was released last stands last. */
  readonly #shared = new Map<string, Shared>();
  readonly #own = new Map<Caller | GuestClient, Own>();
  /** Logged out on this connection: a node that has not heard of it yet is not asked. The latest stands last. */
  readonly #loggedOut = new Set<string>();
  readonly #takers = new Map<string, Set<Taker>>();
  /** How far each has read here: with it they are let in again, so that nothing goes back and a log-in that ended has ended (P7). */
  readonly #positions = new Map<string, number>();
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /**
   * Of a token, for a call: the one that other calls on this connection have too.
   * @param position how far the far end has read, if it says so.
   * @throws {Refused} `not-logged-in`, `too-many`. @throws {Unanswered}.
   */
  async lease(token: string, position: number, timeoutMs: number): Promise<Lease> {
    const shared =
      this.#shared.get(token) ??
      this.#open(token, (caller) => caller.resume(token, this.#atLeast(position, token), timeoutMs));
    shared.uses++;
    clearTimeout(shared.idle);
    try {
      await shared.accepted;
      shared.caller.user.line.saw(position);
      return { caller: shared.caller, release: () => this.#release(token, shared) };
    } catch (error) {
      this.#release(token, shared);
      throw error;
    }
  }

  /** For a stream, which comes online by itself and goes with it. As `lease`; whoever opens it closes it. */
  async open(
    token: string,
    position: number,
    timeoutMs: number,
    ended: (problem: Error) => void,
  ): Promise<Lease> {
    const caller = this.#newCaller(ended, token);
    this.#own.set(caller, { token, end: ended });
    const release = () => {
      this.#own.delete(caller);
      this.#saw(token, caller);
      caller.close().catch(() => undefined); // the broker is gone: nothing to say good-bye to
    };
    try {
      await caller.resume(token, this.#atLeast(position, token), timeoutMs);
      return { caller, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Accepts a password: its token is known on this connection from then on. */
  async logIn(name: string, password: string, timeoutMs: number): Promise<LoggedIn> {
    let known: { token: string; shared: Shared } | undefined;
    const caller = this.#newCaller(() => known && this.#drop(known.token, known.shared));
    this.#own.set(caller, { end: () => undefined });
    const loggedIn = await caller.logIn(name, password, timeoutMs).finally(() => this.#own.delete(caller));
    if (this.#isClosed) {
      await caller.close();
      throw gatewayRefused('going-away');
    }
    const shared: Shared = { caller, accepted: Promise.resolve(loggedIn), uses: 1 };
    known = { token: loggedIn.token, shared };
    this.#shared.set(loggedIn.token, shared);
    this.#release(loggedIn.token, shared);
    return loggedIn;
  }

  /** @throws {Refused}, {Unanswered}. */
  async asGuest<T>(timeoutMs: number, ask: (guest: GuestClient) => Promise<T>): Promise<T> {
    this.#makeRoom();
    const guest = new GuestClient(clientFor(this.#options.address, this.#options.cluster));
    this.#own.set(guest, { end: () => undefined });
    try {
      await guest.line.ready(timeoutMs);
      return await ask(guest);
    } finally {
      this.#own.delete(guest);
      await guest.close();
    }
  }

  /** The token opens nothing here any more. What is open in its name elsewhere the border ends, within a second. */
  forget(token: string): void {
    this.#loggedOut.add(token);
    const [oldest] = this.#loggedOut;
    if (this.#loggedOut.size > rememberedMax && oldest !== undefined) this.#loggedOut.delete(oldest);
    const shared = this.#shared.get(token);
    if (shared) this.#drop(token, shared);
    for (const own of [...this.#own.values()]) if (own.token === token) own.end(tokenRefused());
  }

  /** Hears of `taken` for this token, until stopped. */
  addTaker(token: string, taker: Taker): { stop(): void } {
    const takers = this.#takers.get(token) ?? new Set();
    this.#takers.set(token, takers.add(taker));
    return {
      stop: () => {
        takers.delete(taker);
        if (takers.size === 0 && this.#takers.get(token) === takers) this.#takers.delete(token);
      },
    };
  }

  taken(token: string, upTo: number): void {
    for (const taker of this.#takers.get(token) ?? []) taker.taken(upTo);
  }

  /** The far end is gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const callers = [...this.#own.keys(), ...[...this.#shared.values()].map(({ caller }) => caller)];
    for (const { idle } of this.#shared.values()) clearTimeout(idle);
    this.#shared.clear();
    this.#own.clear();
    await Promise.allSettled(callers.map((caller) => caller.close()));
  }

  #open(token: string, enter: (caller: Caller) => Promise<LoggedIn>): Shared {
    const caller = this.#newCaller(() => this.#drop(token, shared), token);
    const accepted = enter(caller);
    const shared: Shared = { caller, accepted, uses: 0 };
    this.#shared.set(token, shared);
    accepted.catch(() => this.#drop(token, shared));
    return shared;
  }

  /** @param token with which it is to be let in. */
  #newCaller(ended: (problem: Error) => void, token = ''): Caller {
    if (this.#loggedOut.has(token)) throw tokenRefused();
    this.#makeRoom();
    const { address, cluster, patienceMs } = this.#options;
    return new Caller({ client: clientFor(address, cluster), patienceMs, ended });
  }

  /** Of those that no call uses, the one for the longest time makes room. */
  #makeRoom(): void {
    if (this.#isClosed) throw gatewayRefused('going-away');
    if (this.#shared.size + this.#own.size < brokerConnectionsMax) return;
    const unused = [...this.#shared].find(([, { uses }]) => uses === 0);
    if (!unused) throw gatewayRefused('too-many');
    this.#drop(...unused);
  }

  #atLeast(position: number, token: string): number {
    return Math.max(position, this.#positions.get(token) ?? 0);
  }

  #saw(token: string, { loggedIn }: Caller): void {
    if (!loggedIn) return;
    const position = this.#atLeast(loggedIn.position, token);
    this.#positions.delete(token); // the one that was used last stands last
    this.#positions.set(token, position);
    const [oldest] = this.#positions.keys();
    if (this.#positions.size > rememberedMax && oldest !== undefined) this.#positions.delete(oldest);
  }

  #release(token: string, shared: Shared): void {
    shared.uses--;
    this.#saw(token, shared.caller);
    if (shared.uses > 0 || this.#shared.get(token) !== shared) return;
    this.#shared.delete(token);
    this.#shared.set(token, shared);
    shared.idle = setTimeout(() => this.#drop(token, shared), idleMs);
  }

  /** Calls that still have it hear it from the client itself. */
  #drop(token: string, shared: Shared): void {
    clearTimeout(shared.idle);
    this.#saw(token, shared.caller);
    if (this.#shared.get(token) === shared) this.#shared.delete(token);
    shared.caller.close().catch(() => undefined);
  }
}
