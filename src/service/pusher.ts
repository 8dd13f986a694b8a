/**
 * Pushes: what was committed goes to those who are connected. A push is a hurry, not the delivery: it names the item
 * before it, and a client that misses one fetches.
 */
import { clientSubjects } from '../protocol/subjects.ts';
import type { Bus } from '../ports/bus.ts';
import { eventAt } from '../projections/stored.ts';
import { type Item, items } from '../projections/tables.ts';
import type { Rows } from '../projections/rows.ts';
import type { HeldFrame } from '../replication/copy.ts';
import type { Presence } from './presence.ts';
import type { Push } from '../protocol/views.ts';
import { viewMessage } from './views.ts';

export function pushItems(frames: readonly HeldFrame[], rows: Rows, presence: Presence, bus: Bus): void {
  const pushes = new Map<string, Push>();
  for (const { frame, layer } of frames) {
    for (const [key, value] of layer.added) {
      if (!key.startsWith(items.key(''))) continue;
      const [user = '', at = ''] = items.rest(key).split('/');
      if (!presence.isOnline(user)) continue;
      const position = Number(at);
      const push = pushes.get(user) ?? { items: [], last: 0 };
      pushes.set(user, push);
      push.last = position;
      const item = value as Item; // the key says so
      const message = 'from' in item ? viewMessage(rows, eventAt(frame, position)) : undefined;
      if (message) push.items.push({ ...message, kind: 'message', prev: item.prev, item: position });
    }
  }
  for (const [user, push] of pushes) bus.publish(clientSubjects.push(user), JSON.stringify(push));
}
