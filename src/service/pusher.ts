/**
 * Pushes: what was committed goes to those who are connected. A push is a hurry, not the delivery: it names the item
 * before it, and a client that misses one fetches.
 */
import type { Frame } from '../events/frame.ts';
import { limits } from '../events/limits.ts';
import type { Bus } from '../ports/bus.ts';
import type { Rows } from '../projections/rows.ts';
import { eventAt } from '../projections/stored.ts';
import { type Items, items } from '../projections/tables.ts';
import { clientSubjects } from '../protocol/subjects.ts';
import type { ItemView, Push } from '../protocol/views.ts';
import type { HeldFrame } from '../replication/held-frames.ts';
import type { Presence } from './presence.ts';
import { itemsOf, type QueueItem } from './queue.ts';
import { viewMessage } from './views.ts';

export function pushItems(frames: readonly HeldFrame[], presence: Presence, bus: Bus): void {
  const pushes = new Map<string, Push>();
  for (const { frame, layer } of frames) {
    for (const [key, value] of layer.additions) {
      if (!key.startsWith(items.key(''))) continue;
      const [user = ''] = items.rest(key).split('/');
      if (!presence.isOnline(user)) continue;
      const added = itemsOf(value as Items, frame.number); // the key says so
      const push = pushes.get(user) ?? { items: [], last: 0 };
      pushes.set(user, push);
      push.last = added.at(-1)?.position ?? push.last;
      push.items.push(...added.flatMap((item) => viewItem(item, frame, layer)));
    }
  }
  for (const [user, push] of pushes) bus.publish(clientSubjects.push(user), encode(push));
}

/** What does not fit into one message is left out: the client sees that something is missing and reads it. */
function encode(push: Push): string {
  const text = JSON.stringify(push);
  return Buffer.byteLength(text) <= limits.answerBytesMax ? text : JSON.stringify({ ...push, items: [] });
}

/** Messages that came back stand in other frames: the client reads those. */
function viewItem({ position, prev, returned }: QueueItem, frame: Frame, rows: Rows): ItemView[] {
  const message = returned ? undefined : viewMessage(rows, eventAt(frame, position));
  return message ? [{ ...message, prev, item: position }] : [];
}
