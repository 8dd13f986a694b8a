/** Whose a session is, and which conversation it belongs to. */
import type { SessionState } from '../actors/session/state.ts';
import type { Rows } from '../projections/rows.ts';
import { beginnings, partings, type Stay, sessions, stays } from '../projections/tables.ts';

/** What a user may see of a session, by position. */
export class Sight {
  /** Oldest first, one at least. */
  readonly stays: readonly Stay[];

  constructor(own: readonly Stay[]) {
    this.stays = own;
  }

  /** Nothing before it. */
  get from(): number {
    return this.stays[0]?.[0] ?? 0;
  }

  /** Nothing after it; null where it goes on. */
  get to(): number | null {
    return this.stays.at(-1)?.[1] ?? null;
  }

  covers(position: number): boolean {
    return this.stays.some(([from, to]) => from <= position && position <= (to ?? position));
  }
}

const everything = new Sight([[0, null]]);

/**
 * Of a pair's session its two see everything. Of a group's somebody sees what happened from joining to leaving, for good.
 * @returns undefined where the session is none of the user's.
 */
export function sightOf(rows: Rows, user: string, session: string): Sight | undefined {
  const { isGroup = false, participants = [] } = sessions.get(rows, session) ?? {};
  if (!isGroup) return participants.includes(user) ? everything : undefined;
  const own = stays.get(rows, user, session);
  return own && new Sight(own);
}

/** A session as its user knows it: as it is now, or a group that was left as it was then. */
export function sessionFor(rows: Rows, user: string, session: string): SessionState | undefined {
  const now = sessions.get(rows, session);
  return now?.isGroup && !now.participants.includes(user) ? partings.get(rows, user, session) : now;
}

/** The id of the first of the sessions that are one conversation. */
export function conversationOf(rows: Rows, session: string): string {
  return beginnings.get(rows, session) ?? session;
}
