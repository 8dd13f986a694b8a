/**
 * Inboxes: for each user a queue of what others sent.
 *
 * Items are never removed: a user's `shown` position moves over them, so an item cannot be delivered twice or lost
 * between two rows. When an account is deleted, what it had not been shown goes back into its senders' queues as one
 * item each, at the position of the deletion. What one frame adds to a queue is one row: the busier, the fewer rows.
 */
import { numberKey, type RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { items, mailboxes, type Place, type Run, sessions, users } from './tables.ts';

export function foldInboxes(rows: RowWriter, { event, position, frame }: StoredEvent): void {
  if (event.type === 'MessagePosted') {
    const { session, from } = event.data;
    for (const user of sessions.get(rows, session)?.participants ?? []) {
      if (user !== from) enqueue(rows, user, [position, frame], { from, at: [position] });
    }
  } else if (event.type === 'AccountDeleted') {
    for (const [sender, returned] of undelivered(rows, event.data.user)) {
      if (returned.length > 0) enqueue(rows, sender, [position, frame], { returned, at: [position] });
    }
  }
}

function enqueue(rows: RowWriter, user: string, place: Place, run: Run): void {
  const key = numberKey(place[1]);
  const row = items.added(rows, user, key);
  if (row) append(row.runs, run);
  else rows.add(items.key(user, key), { prev: mailboxes.get(rows, user)?.last ?? [0, 0], runs: [run] });
  rows.put(mailboxes.key(user), { last: place });
}

/** A message from the sender of the last run lengthens it. */
function append(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last && 'from' in last && 'from' in run && last.from === run.from) last.at.push(...run.at);
  else runs.push(run);
}

/** What a user's queue still holds unseen, in order, by sender; senders who are gone get nothing back. */
function undelivered(rows: RowWriter, user: string): Map<string, Place[]> {
  const shown = users.get(rows, user)?.shown ?? 0;
  const bySender = new Map<string, Place[]>();
  let [position, frame] = mailboxes.get(rows, user)?.last ?? [0, 0];
  while (position > shown) {
    const row = items.get(rows, user, numberKey(frame));
    if (!row) break;
    for (const run of row.runs.toReversed()) {
      if (!('from' in run) || users.get(rows, run.from)?.state === 'deleted') continue;
      const places = bySender.get(run.from) ?? [];
      bySender.set(run.from, places);
      for (const at of run.at.toReversed()) if (at > shown) places.push([at, frame]);
    }
    [position, frame] = row.prev;
  }
  for (const places of bySender.values()) places.reverse(); // walked backwards, told forwards
  return bySender;
}
