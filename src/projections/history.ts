/** History: where the events of each actor stand, so that any actor can be rebuilt, replayed or looked at in the past. */
import { isUserEvent } from './accounts.ts';
import { numberKey, type RowWriter } from './rows.ts';
import { isSessionEvent } from './sessions.ts';
import type { StoredEvent } from './stored.ts';
import { history } from './tables.ts';

export function foldHistory(rows: RowWriter, { event, position, frame }: StoredEvent): void {
  const actor = isSessionEvent(event) ? event.data.session : isUserEvent(event) ? event.data.user : undefined;
  if (actor === undefined) return;
  const key = numberKey(frame);
  const positions = history.added(rows, actor, key);
  if (positions) positions.push(position);
  else rows.add(history.key(actor, key), [position]);
}
