/** History: where the events of each actor stand, so that any actor can be rebuilt, replayed or looked at in the past. */
import type { DomainEvent } from '../events/domain.ts';
import { isUserEvent } from './accounts.ts';
import { isMatchEvent } from './matches.ts';
import { numberKey, type RowWriter } from './rows.ts';
import { isSessionEvent } from './sessions.ts';
import type { StoredEvent } from './stored.ts';
import { history } from './tables.ts';

export function foldHistory(rows: RowWriter, { event, position, frame }: StoredEvent): void {
  const actor = actorOf(event);
  if (actor === undefined) return;
  const key = numberKey(frame);
  const positions = history.added(rows, actor, key);
  if (positions) positions.push(position);
  else rows.add(history.key(actor, key), [position]);
}

/** Whose event it is; undefined for what happens to the cluster. */
export function actorOf(event: DomainEvent): string | undefined {
  if (isSessionEvent(event)) return event.data.session;
  if (isMatchEvent(event)) return event.data.match;
  return isUserEvent(event) ? event.data.user : undefined;
}
