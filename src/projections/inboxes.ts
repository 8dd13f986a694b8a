/**
 * Inboxes: for each user a queue of what others sent.
 *
 * Items are never removed: a user's `shown` position moves over them, so an item cannot be delivered twice or lost
 * between two rows. When an account is deleted, what it had not been shown goes back into its senders' queues as one
 * item each, at the position of the deletion.
 */
import { positionKey, type RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { type Item, items, mailboxes, type Place, sessions, users } from './tables.ts';

export function foldInboxes(rows: RowWriter, { event, position, frame }: StoredEvent): void {
  if (event.type === 'MessagePosted') {
    const { session, from } = event.data;
    for (const user of sessions.get(rows, session)?.participants ?? []) {
      if (user !== from) enqueue(rows, user, position, (prev) => ({ frame, prev, from }));
    }
  } else if (event.type === 'AccountDeleted') {
    for (const [sender, returned] of undelivered(rows, event.data.user)) {
      enqueue(rows, sender, position, (prev) => ({ frame, prev, returned }));
    }
  }
}

function enqueue(rows: RowWriter, user: string, position: number, item: (prev: number) => Item): void {
  const prev = mailboxes.get(rows, user)?.last ?? 0;
  rows.add(items.key(user, positionKey(position)), item(prev));
  rows.put(mailboxes.key(user), { last: position });
}

/** What a user's queue still holds unseen, in order, by sender; senders who are gone get nothing back. */
function undelivered(rows: RowWriter, user: string): Map<string, Place[]> {
  const shown = users.get(rows, user)?.shown ?? 0;
  const bySender = new Map<string, Place[]>();
  let position = mailboxes.get(rows, user)?.last ?? 0;
  while (position > shown) {
    const item = items.get(rows, user, positionKey(position));
    if (item === undefined) break;
    if ('from' in item && users.get(rows, item.from)?.state !== 'deleted') {
      bySender.set(item.from, [[position, item.frame], ...(bySender.get(item.from) ?? [])]);
    }
    position = item.prev;
  }
  return bySender;
}
