/** Users' queues, read from rows and told from a history: two ways to the same items. */
import type { Rows } from '../../src/projections/rows.ts';
import { numberKey } from '../../src/projections/rows.ts';
import type { StoredEvent } from '../../src/projections/stored.ts';
import { items, mailboxes } from '../../src/projections/tables.ts';

/** A message or a group's doings that stand at `position` itself, or the positions of messages that came back there. */
export type QueueItem =
  | { readonly position: number; readonly from: string }
  | { readonly position: number; readonly group: string }
  | { readonly position: number; readonly returned: readonly number[] };

/** A queue by its rows: from its end back to the first item, by the links that the rows carry; the oldest first. */
export function queueOf(rows: Rows, user: string): QueueItem[] {
  const queue: QueueItem[] = [];
  let [position, frame] = mailboxes.get(rows, user)?.last ?? [0, 0];
  while (position > 0) {
    const row = items.get(rows, user, numberKey(frame));
    if (!row) throw new Error(`the queue of ${user} has no row for frame ${frame}`);
    const found = row.runs.flatMap((run): QueueItem[] => {
      if ('from' in run) return run.at.map((at) => ({ position: at, from: run.from }));
      if ('group' in run) return run.at.map((at) => ({ position: at, group: run.group }));
      return [{ position: run.at[0], returned: run.returned.map(([at]) => at) }];
    });
    queue.unshift(...found);
    [position, frame] = row.prev;
  }
  return queue;
}

/** All queues, as a person would tell them who reads the history and knows no rows. */
export function queuesToldFrom(events: Iterable<StoredEvent>): Map<string, QueueItem[]> {
  const queues = new Map<string, QueueItem[]>();
  const participants = new Map<string, readonly string[]>();
  const shown = new Map<string, number>();
  const deleted = new Set<string>();
  const groups = new Set<string>();
  const enqueue = (user: string, item: QueueItem) => queues.set(user, [...(queues.get(user) ?? []), item]);
  const tellGroup = (group: string, doer: string, position: number) => {
    for (const user of participants.get(group)!) if (user !== doer) enqueue(user, { position, group });
  };
  for (const { event, position } of events) {
    if (event.type === 'SessionOpened') participants.set(event.data.session, event.data.participants);
    else if (event.type === 'ItemsShown') shown.set(event.data.user, event.data.upTo);
    else if (event.type === 'MessagePosted') {
      const { from, session } = event.data;
      if (groups.has(session)) tellGroup(session, from, position);
      else
        for (const user of participants.get(session)!) if (user !== from) enqueue(user, { position, from });
    } else if (event.type === 'GroupOpened') {
      const { session, by } = event.data;
      groups.add(session);
      participants.set(session, event.data.participants);
      tellGroup(session, by, position);
    } else if (event.type === 'MemberJoined') {
      const { session, by, member } = event.data;
      participants.set(session, [...participants.get(session)!, member]);
      tellGroup(session, by, position);
    } else if (event.type === 'MemberLeft') {
      const { session, member } = event.data;
      participants.set(
        session,
        participants.get(session)!.filter((one) => one !== member),
      );
      tellGroup(session, member, position);
    } else if (event.type === 'TopicSet') {
      tellGroup(event.data.session, event.data.by, position);
    } else if (event.type === 'AccountDeleted') {
      const { user } = event.data;
      deleted.add(user);
      const unseen = (queues.get(user) ?? []).filter((item) => item.position > (shown.get(user) ?? 0));
      const senders = new Set(unseen.flatMap((item) => ('from' in item ? item.from : [])));
      for (const sender of senders) {
        const returned = unseen.flatMap((item) =>
          'from' in item && item.from === sender ? item.position : [],
        );
        if (!deleted.has(sender)) enqueue(sender, { position, returned });
      }
    }
  }
  return queues;
}
