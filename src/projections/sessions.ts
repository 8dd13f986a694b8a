/** Sessions: their state, whose they are, and which one a pair would continue. */
import { evolveSession, initialSession, type SessionEvent } from '../actors/session/state.ts';
import type { DomainEvent } from '../events/domain.ts';
import { numberKey, type RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { memberships, pairs, sessions } from './tables.ts';

export function foldSessions(rows: RowWriter, { event, position }: StoredEvent): void {
  if (!isSessionEvent(event)) return;
  const id = event.data.session;
  rows.put(sessions.key(id), evolveSession(sessions.get(rows, id) ?? initialSession, event));
  if (event.type !== 'SessionOpened') return;
  const { participants } = event.data;
  if (participants.length === 2) rows.put(pairs.key(...participants), id);
  for (const user of participants) rows.add(memberships.key(user, numberKey(position)), id);
}

export function isSessionEvent(event: DomainEvent): event is SessionEvent {
  return 'session' in event.data;
}
