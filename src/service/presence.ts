/**
 * Who is connected, as far as the leader hears. Comings and goings are events of the log; when a client was last heard
 * is not: a new leader starts with everyone who is online counted as heard just now.
 */
import type { Clock } from '../ports/clock.ts';
import type { Rows } from '../projections/rows.ts';
import { users } from '../projections/tables.ts';

/** A client that is attached says something at least every 3 s. */
const silentAfterMs = 10_000;

export class Presence {
  readonly #clock: Clock;
  /** User id → client → when last heard. */
  readonly #heard = new Map<string, Map<string, number>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The number of attached clients. */
  get clients(): number {
    let count = 0;
    for (const clients of this.#heard.values()) count += clients.size;
    return count;
  }

  isOnline(user: string): boolean {
    return this.#heard.has(user);
  }

  /** How many clients of one user are attached. */
  clientsOf(user: string): number {
    return this.#heard.get(user)?.size ?? 0;
  }

  isAttached(user: string, client: string): boolean {
    return this.#heard.get(user)?.has(client) ?? false;
  }

  /** Takes over what the log knows of a user. */
  know(rows: Rows, user: string): void {
    this.follow(user, users.get(rows, user)?.clients ?? []);
  }

  /** The clients that the log says are attached; those new here count as heard now. */
  follow(user: string, clients: readonly string[]): void {
    const before = this.#heard.get(user);
    const nowMs = this.#clock.monotonicMs();
    if (clients.length === 0) this.#heard.delete(user);
    else this.#heard.set(user, new Map(clients.map((client) => [client, before?.get(client) ?? nowMs])));
  }

  heard(user: string, client: string): void {
    const clients = this.#heard.get(user);
    if (clients?.has(client)) clients.set(client, this.#clock.monotonicMs());
  }

  /** Attached clients that have been silent for too long. */
  silent(): { user: string; client: string }[] {
    const since = this.#clock.monotonicMs() - silentAfterMs;
    const gone: { user: string; client: string }[] = [];
    for (const [user, clients] of this.#heard) {
      for (const [client, atMs] of clients) if (atMs < since) gone.push({ user, client });
    }
    return gone;
  }
}
