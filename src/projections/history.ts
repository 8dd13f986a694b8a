/** History: where the events of each actor stand, so that any actor can be rebuilt, replayed or looked at in the past. */
import { isUserEvent } from './accounts.ts';
import { positionKey, type RowWriter } from './rows.ts';
import { isSessionEvent } from './sessions.ts';
import type { StoredEvent } from './stored.ts';
import { history } from './tables.ts';

export function foldHistory(rows: RowWriter, { event, position, frame }: StoredEvent): void {
  if (isSessionEvent(event)) rows.add(history.key(event.data.session, positionKey(position)), frame);
  else if (isUserEvent(event)) rows.add(history.key(event.data.user, positionKey(position)), frame);
}
