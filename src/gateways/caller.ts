/**
 * The caller: whoever is at the far end of one connection of a gateway.
 *
 * At first nobody. The gateway speaks for a user only after that user's password or token was accepted on that very
 * connection, and it is the border that accepts: the caller's client has a connection to the broker of its own, let in as
 * that user or not at all. From then on the caller has all that the SDK has (`user`), a leader's death included, of which
 * the far end notices a pause and nothing else.
 */
import { type ClientOptions, GuestClient, type Identity, UserClient } from '../client/client.ts';
import { Refused } from '../client/errors.ts';
import { formatBearer, parseBearer, positionMax, tokenRefused } from './bearer.ts';
import { gatewayRefused } from './failure.ts';
import type { TokensInUse, UserToken } from './tokens-in-use.ts';

export interface CallerOptions {
  /** Opens connections in this caller's name, with its address. */
  readonly client: ClientOptions;
  /** How long anything is tried before it is said to be unavailable. */
  readonly patienceMs: number;
  /** Those of all callers of the gateway. */
  readonly tokens?: TokensInUse;
  /** The log-in ended while it was in use: logged out elsewhere, expired, the account deleted. */
  ended(problem: Error): void;
}

export interface LoggedIn {
  /** As the account has it. */
  readonly name: string;
  /** To log in with again, on another connection. */
  readonly token: string;
  /** How far the user's clients have read at least: brought along, reads never go back in time (P7). */
  readonly position: number;
}

export class Caller {
  readonly #options: CallerOptions;
  #user: UserClient | undefined;
  #loggedIn: LoggedIn | undefined;
  #token: UserToken | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** @throws {Refused} `not-logged-in`. */
  get user(): UserClient {
    if (this.#user) return this.#user;
    throw new Refused('not-logged-in', 'This connection is not logged in; log in first.');
  }

  /** Undefined before a log-in was accepted. */
  get loggedIn(): LoggedIn | undefined {
    const loggedIn = this.#loggedIn;
    return loggedIn && { ...loggedIn, position: Math.max(loggedIn.position, this.#user?.line.position ?? 0) };
  }

  /** Items up to that place in the queue arrived at the far end. */
  taken(upTo: number): void {
    this.#user?.taken(upTo);
  }

  /** @returns the recovery code, which is known to nobody else and told once. @throws {Refused}, {Unanswered}. */
  async register(name: string, password: string, timeoutMs = this.#options.patienceMs): Promise<string> {
    return await this.#alone(() =>
      this.#asGuest(timeoutMs, async (guest) => {
        const { recoveryCode } = await guest.register(name, password, timeoutMs);
        return recoveryCode;
      }),
    );
  }

  /** @throws {Refused}, {Unanswered}. */
  async logIn(name: string, password: string, timeoutMs = this.#options.patienceMs): Promise<LoggedIn> {
    const isGood = () => true; // the log-in has just been made
    return await this.#enter(timeoutMs, isGood, () =>
      this.#asGuest(timeoutMs, (guest) => guest.logIn(name, password, timeoutMs)),
    );
  }

  /**
   * With the token of an earlier log-in.
   * @param position how far the far end has read, if it says so.
   * @throws {Refused} `not-logged-in` when it opens nothing, `too-many` when it is known to be good. @throws {Unanswered}
   * also where no node has got as far as that position.
   */
  async resume(token: string, position = 0, timeoutMs = this.#options.patienceMs): Promise<LoggedIn> {
    if (position > positionMax) throw new Refused('malformed', 'No log has got to that position.');
    const isGood = (identity: Identity) => this.#options.tokens?.has(identity) ?? false;
    return await this.#enter(timeoutMs, isGood, async () => {
      const logIn = parseBearer(token);
      return { ...logIn, name: '', position: Math.max(logIn.position, position) };
    });
  }

  /** The connection is nobody's afterwards. */
  async logOut(timeoutMs = this.#options.patienceMs): Promise<void> {
    await this.#leaveAfter((user) => user.logOut(timeoutMs));
  }

  async deleteAccount(timeoutMs = this.#options.patienceMs): Promise<void> {
    await this.#leaveAfter((user) => user.deleteAccount(timeoutMs));
  }

  /** The far end is gone: what it took is acknowledged, what has no answer is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#letGo()?.close();
  }

  #letGo(): UserClient | undefined {
    const user = this.#user;
    if (this.#token !== undefined) this.#options.tokens?.end(this.#token);
    this.#token = undefined;
    this.#user = undefined;
    this.#loggedIn = undefined;
    return user;
  }

  async #asGuest<T>(timeoutMs: number, ask: (guest: GuestClient) => Promise<T>): Promise<T> {
    const guest = new GuestClient(this.#options.client);
    try {
      await guest.line.ready(timeoutMs);
      return await ask(guest);
    } finally {
      await guest.close();
    }
  }

  /** @param isGood whether it certainly opens the border: where it is refused all the same, there is no room. */
  async #enter(
    timeoutMs: number,
    isGood: (identity: Identity) => boolean,
    identify: () => Promise<Identity>,
  ): Promise<LoggedIn> {
    if (this.#user) throw gatewayRefused('already-in');
    return await this.#alone(async () => {
      const identity = await identify();
      return await this.#become(identity, timeoutMs).catch((error: unknown) => {
        if (!(error instanceof Refused && error.code === 'not-logged-in')) throw error;
        throw isGood(identity) ? gatewayRefused('too-many') : tokenRefused();
      });
    });
  }

  /** Each opens a connection of its own: one connection of a far end must not open hundreds. */
  async #alone<T>(task: () => Promise<T>): Promise<T> {
    if (this.#isBusy) throw gatewayRefused('too-many');
    this.#isBusy = true;
    try {
      return await task();
    } finally {
      this.#isBusy = false;
    }
  }

  async #become(identity: Identity, timeoutMs: number): Promise<LoggedIn> {
    const user = new UserClient(this.#options.client, identity);
    try {
      await user.line.connected(timeoutMs);
      const { name, cluster } = await user.whoAmI(timeoutMs);
      if (this.#isClosed) throw gatewayRefused('going-away');
      this.#user = user;
      this.#token = identity;
      this.#options.tokens?.begin(identity);
      this.#loggedIn = {
        name,
        token: formatBearer({ ...identity, cluster }),
        position: user.line.position,
      };
    } catch (error) {
      await user.close();
      throw error;
    }
    user.line.watch(() => this.#look(user));
    return this.#loggedIn;
  }

  /** A line that is closed by whoever has it has no problem. */
  #look(user: UserClient): void {
    const { state, problem } = user.line;
    if (user !== this.#user || state !== 'closed' || !problem) return;
    this.#letGo();
    this.#options.ended(problem);
  }

  async #leaveAfter(last: (user: UserClient) => Promise<void>): Promise<void> {
    const { user } = this;
    const token = this.#token;
    await last(user);
    if (token) this.#options.tokens?.forget(token);
    if (user === this.#user) this.#letGo();
    await user.close();
  }
}
