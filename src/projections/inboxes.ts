/**
 * Inboxes: for each user a queue of what others said, and of what others did in the groups that the user is in.
 *
 * Items are never removed: a user's `shown` position moves over them, so an item cannot be delivered twice or lost
 * between two rows. When an account is deleted, what was sent to it alone and it had not been shown goes back into its
 * senders' queues as one item each, at the position of the deletion; what was said in a group has reached the others.
 * What one frame adds to a queue is one row: the busier, the fewer rows.
 */
import type { SessionEvent } from '../actors/session/state.ts';
import { numberKey, type RowWriter } from './rows.ts';
import { isSessionEvent } from './sessions.ts';
import type { StoredEvent } from './stored.ts';
import { items, mailboxes, type Place, type Run, sessions, users } from './tables.ts';

export function foldInboxes(rows: RowWriter, { event, position, frame }: StoredEvent): void {
  if (isSessionEvent(event)) {
    const doer = doerOf(event);
    if (doer === undefined) return;
    const { participants, isGroup, id } = sessions.get(rows, event.data.session) ?? nobody;
    const run = isGroup ? { group: id } : { from: doer };
    for (const user of participants) {
      if (user !== doer) enqueue(rows, user, [position, frame], { ...run, at: [position] });
    }
  } else if (event.type === 'AccountDeleted') {
    for (const [sender, returned] of undelivered(rows, event.data.user)) {
      if (returned.length > 0) enqueue(rows, sender, [position, frame], { returned, at: [position] });
    }
  }
}

const nobody = { participants: [], isGroup: false, id: '' };

/** Who said or did what the others in the session are told of; undefined for what nobody is told of. */
function doerOf(event: SessionEvent): string | undefined {
  switch (event.type) {
    case 'MessagePosted':
      return event.data.from;
    case 'GroupOpened':
    case 'MemberJoined':
    case 'TopicSet':
      return event.data.by;
    case 'MemberLeft':
      return event.data.member;
    default:
      return undefined;
  }
}

function enqueue(rows: RowWriter, user: string, place: Place, run: Run): void {
  const key = numberKey(place[1]);
  const row = items.added(rows, user, key);
  if (row) append(row.runs, run);
  else rows.add(items.key(user, key), { prev: mailboxes.get(rows, user)?.last ?? [0, 0], runs: [run] });
  rows.put(mailboxes.key(user), { last: place });
}

/** What is of the same origin as the last run lengthens it. */
function append(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last && isOfSameOrigin(last, run)) last.at.push(...run.at);
  else runs.push(run);
}

function isOfSameOrigin(last: Run, run: Run): last is Exclude<Run, { returned: unknown }> {
  if ('from' in last) return 'from' in run && last.from === run.from;
  return 'group' in last && 'group' in run && last.group === run.group;
}

/** What a user's queue still holds unseen of others' messages to the user alone, in order, by sender; senders who are gone get nothing back. */
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
