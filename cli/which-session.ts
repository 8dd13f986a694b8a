/** Which session is meant: one that is named, or the latest one. */
import type { UserClient } from '../src/client/client.ts';
import { Refusal, UsageError } from './failure.ts';

export interface SessionChoice {
  readonly session?: string;
  readonly with?: string;
}

/** Sessions and matches are played back by the same command, and told apart by their ids. */
export function isMatch(id: string): boolean {
  return id.startsWith('p-');
}

/** Before anybody is asked. @throws {UsageError} when none is named. */
export function needSession({ session, with: other }: SessionChoice): void {
  if (session === undefined && other === undefined) throw new UsageError('say --session ID or --with NAME');
}

export async function sessionOf(
  client: UserClient,
  { session, with: other }: SessionChoice,
  timeoutMs: number,
): Promise<string> {
  return session ?? (await latestSession(client, other ?? null, timeoutMs));
}

/** One that is known, or the latest with a user, or with anybody (null). @throws {Refusal} where there is none. */
export async function sessionAt(
  client: UserClient,
  to: string | { readonly session: string } | null,
  timeoutMs: number | undefined,
): Promise<string> {
  return typeof to === 'object' && to !== null ? to.session : await latestSession(client, to, timeoutMs);
}

/** With one user alone, or with anybody where `other` is null. @throws {Refusal} where there is none. */
async function latestSession(
  client: UserClient,
  other: string | null,
  timeoutMs: number | undefined,
): Promise<string> {
  let latest: string | undefined;
  for await (const { session, topic } of client.sessions(other, timeoutMs)) {
    const isGroup = topic !== undefined;
    if (other === null || !isGroup) latest = session;
  }
  if (latest === undefined) throw new Refusal('unknown-session', 'There is no session yet.');
  return latest;
}
