/**
 * Deliveries (P4): each item of a user's queue is shown, in order, without gaps; no client is shown anything twice.
 *
 * What belongs into a queue follows from the log, so what a client was shown can be compared with a piece of that queue:
 * where it begins is the client's affair (the one before it may have shown what came earlier, and a killed one may have
 * shown something without acknowledging it, which is then shown again), but from there on everything follows. What lies
 * between the pieces is found by putting the pieces of all of a user's clients together: whatever counts as shown was
 * shown to somebody, and where a client follows to the end, the queue was shown to its end.
 */
import { groupBy, push } from './grouping.ts';
import type { Delivery, Follow, HistoryEvent } from './history.ts';
import type { KnownLog } from './known-log.ts';
import type { QueuePart } from './queues.ts';
import { type Violation, violation } from './violation.ts';

/** What one client showed. */
interface Showing {
  readonly follow: Follow;
  readonly deliveries: readonly Delivery[];
  /** It follows still. */
  readonly isLive: boolean;
}

type Queue = ReadonlyMap<string, { readonly part: QueuePart; readonly index: number }>;

export function checkDeliveries(history: readonly HistoryEvent[], log: KnownLog): Violation[] {
  const { showings, strays } = showingsOf(history);
  const byUser = groupBy(showings, ({ follow }) => follow.user);
  return [
    ...strays.map((delivery) =>
      violation('P4', `${delivery.client} was shown something and did not follow`, delivery),
    ),
    ...[...byUser].flatMap(([user, all]) => checkUser(user, all, log)),
  ];
}

function showingsOf(history: readonly HistoryEvent[]): { showings: Showing[]; strays: Delivery[] } {
  const follows = new Map<string, Follow>();
  const deliveries = new Map<string, Delivery[]>();
  const ended = new Set<string>();
  for (const event of history) {
    if (event.type === 'follow') follows.set(event.client, event);
    else if (event.type === 'deliver') push(deliveries, event.client, event);
    else if (event.type === 'end') ended.add(event.client);
  }
  const showings = [...follows].map(([client, follow]) => ({
    follow,
    deliveries: (deliveries.get(client) ?? []).toSorted((a, b) => a.order - b.order),
    isLive: follow.delivers && !ended.has(client),
  }));
  const strays = [...deliveries].flatMap(([client, [first]]) => (follows.has(client) || !first ? [] : first));
  return { showings, strays };
}

function checkUser(user: string, showings: readonly Showing[], log: KnownLog): Violation[] {
  const parts = log.queues.of(user);
  const queue: Queue = new Map(parts.map((part, index) => [partPlace(part), { part, index }]));
  const isDeleted = log.users.get(user)?.deletedAt !== undefined;
  const live = isDeleted ? [] : showings.filter(({ isLive }) => isLive);
  return [
    ...showings.flatMap((showing) => checkShowing(showing, queue, log)),
    ...live.flatMap((showing) => checkEnd(showing, parts)),
    ...checkMissed(user, showings, live.length > 0 ? Number.POSITIVE_INFINITY : shownOf(user, log), log),
  ];
}

/** A piece of the queue, without gaps, repeats or steps back. */
function checkShowing({ deliveries, follow }: Showing, queue: Queue, log: KnownLog): Violation[] {
  const found: Violation[] = [];
  let before: { readonly delivery: Delivery; readonly index: number } | undefined;
  for (const delivery of deliveries) {
    const known = queue.get(placeOf(delivery.item, delivery.position));
    if (!known || !isShownAs(known.part, delivery, log)) {
      found.push(
        violation('P4', `${follow.client} was shown what its queue does not hold`, delivery, known?.part),
      );
      continue;
    }
    const { index } = known;
    if (before && index !== before.index + 1) {
      const how = index > before.index + 1 ? 'missed something' : 'was shown something again';
      const what = `${follow.client} ${how} between ${before.delivery.item} and ${delivery.item}`;
      found.push(violation('P4', what, before.delivery, delivery));
    }
    before = { delivery, index };
  }
  return found;
}

function checkEnd({ deliveries, follow }: Showing, queue: readonly QueuePart[]): Violation[] {
  const last = deliveries.at(-1);
  const end = queue.at(-1);
  if (!last || !end || placeOf(last.item, last.position) === partPlace(end)) return [];
  const what = `${follow.client} follows and was shown up to ${last.item}, its queue goes on to ${end.item}`;
  return [violation('P4', what, last, end)];
}

/** What must have been shown to somebody, up to an item, and was not. */
function checkMissed(user: string, showings: readonly Showing[], upTo: number, log: KnownLog): Violation[] {
  const delivering = showings.filter(({ follow }) => follow.delivers);
  const seen = new Set(
    delivering.flatMap(({ deliveries }) =>
      deliveries.map((delivery) => placeOf(delivery.item, delivery.position)),
    ),
  );
  const missed = log.queues.of(user).filter((part) => part.item <= upTo && !seen.has(partPlace(part)));
  if (missed.length === 0) return [];
  const places = missed.map(({ item }) => item).slice(0, 5);
  return [violation('P4', `${user} was never shown ${places.join(', ')}`, ...missed.slice(0, 5))];
}

/** What a client acknowledged as shown; of a deleted user, all that can be asked for. */
function shownOf(user: string, log: KnownLog): number {
  return log.users.get(user)?.shown ?? 0;
}

function isShownAs({ kind, message }: QueuePart, delivery: Delivery, log: KnownLog): boolean {
  const { event, from, session, text } = message;
  return (
    kind === delivery.kind &&
    (event.cause?.id ?? '') === delivery.id &&
    session === delivery.session &&
    text === delivery.text &&
    event.at === delivery.at &&
    log.namesFor(from, 0).includes(delivery.from)
  );
}

function partPlace({ item, message }: QueuePart): string {
  return placeOf(item, message.position);
}

function placeOf(item: number, position: number): string {
  return `${item} ${position}`;
}
