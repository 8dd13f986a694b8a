/** Whose a session is, and which conversation it belongs to. */
import type { Rows } from '../projections/rows.ts';
import { beginnings, sessions, stays } from '../projections/tables.ts';

/** What a user may see of a session, by position. */
export interface Sight {
  /** Nothing before it. */
  readonly from: number;
  covers(position: number): boolean;
}

const everything: Sight = { from: 0, covers: () => true };

/**
 * Of a pair's session its two see everything. Of a group's somebody sees what happened from joining to leaving, for good.
 * @returns undefined where the session is none of the user's.
 */
export function sightOf(rows: Rows, user: string, session: string): Sight | undefined {
  const { isGroup = false, participants = [] } = sessions.get(rows, session) ?? {};
  if (!isGroup) return participants.includes(user) ? everything : undefined;
  const own = stays.get(rows, user, session);
  const covers: Sight['covers'] = (position) =>
    own?.some(([from, to]) => from <= position && position <= (to ?? position)) ?? false;
  return own && { from: own[0]?.[0] ?? 0, covers };
}

/** The id of the first of the sessions that are one conversation. */
export function conversationOf(rows: Rows, session: string): string {
  return beginnings.get(rows, session) ?? session;
}
