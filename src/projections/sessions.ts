/** Sessions: their state, whose they are, which one a pair would continue, and who was in a group from when to when. */
import {
  evolveSession,
  initialSession,
  type SessionEvent,
  type SessionState,
} from '../actors/session/state.ts';
import type { DomainEvent } from '../events/domain.ts';
import { numberKey, type RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { beginnings, groups, memberships, pairs, partings, type Stay, sessions, stays } from './tables.ts';

/** A user's stays in one group that are remembered; what was said in those before them is not shown any more. */
const staysMax = 32;

export function foldSessions(rows: RowWriter, { event, position }: StoredEvent): void {
  if (!isSessionEvent(event)) return;
  const id = event.data.session;
  const after = evolveSession(sessions.get(rows, id) ?? initialSession, event);
  rows.put(sessions.key(id), after);
  if (event.type === 'SessionOpened') foldOpening(rows, event.data, position);
  else if (event.type === 'GroupOpened')
    for (const user of event.data.participants) enter(rows, user, id, position);
  else if (event.type === 'MemberJoined') enter(rows, event.data.member, id, position);
  else if (event.type === 'MemberLeft') leave(rows, event.data.member, after, position);
}

export function isSessionEvent(event: DomainEvent): event is SessionEvent {
  return 'session' in event.data;
}

function foldOpening(
  rows: RowWriter,
  { session, participants, continues }: Extract<SessionEvent, { type: 'SessionOpened' }>['data'],
  position: number,
): void {
  if (participants.length === 2) rows.put(pairs.key(...participants), session);
  if (continues !== null) rows.add(beginnings.key(session), beginnings.get(rows, continues) ?? continues);
  for (const user of participants) rows.add(memberships.key(user, numberKey(position)), session);
}

function enter(rows: RowWriter, user: string, group: string, position: number): void {
  const before = stays.get(rows, user, group);
  const stay: Stay = [position, null];
  if (!before) rows.add(memberships.key(user, numberKey(position)), group);
  rows.put(stays.key(user, group), [...(before ?? []), stay].slice(-staysMax));
  rows.put(groups.key(user), [...(groups.get(rows, user) ?? []), group]);
}

/** What happens in a group from then on is none of the user's business, nor is who comes or what it is about. */
function leave(rows: RowWriter, user: string, left: SessionState, position: number): void {
  const group = left.id;
  rows.put(partings.key(user, group), left);
  const ended = (stays.get(rows, user, group) ?? []).map(([from, to]): Stay => [from, to ?? position]);
  rows.put(stays.key(user, group), ended);
  rows.put(
    groups.key(user),
    (groups.get(rows, user) ?? []).filter((one) => one !== group),
  );
}
