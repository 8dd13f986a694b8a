/** Verbatim's own events as lanes of a space-time diagram, by the Lamport stamps of its log. */
import type { Lane, LaneEvent } from './causality.ts';
import type { EventName } from './entry.ts';

/** An event as the log tells it. */
export interface StampedEvent {
  readonly position: number;
  readonly epoch: number;
  readonly type: string;
  readonly at: string;
  /** Lamport stamp. */
  readonly clock: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Lanes that fill up, in the order in which they are first needed. */
class Lanes {
  readonly #events = new Map<string, LaneEvent[]>();

  add(lane: string, { at, clock }: StampedEvent, what: string, from?: EventName): EventName {
    const events = this.#events.get(lane) ?? [];
    this.#events.set(lane, events);
    events.push({ atMs: Date.parse(at), clock, what, ...(from ? { from } : {}) });
    return { machine: lane, number: events.length };
  }

  all(): Lane[] {
    return [...this.#events].map(([name, events]) => ({ name, events }));
  }
}

/** Who did what in a session, in the words of its events: the field that names the one who did it, and what it was. */
const deeds: Readonly<Record<string, readonly [who: string, what: string]>> = {
  MessagePosted: ['from', 'posts'],
  GroupOpened: ['by', 'opens the group'],
  MemberJoined: ['by', 'invites'],
  MemberLeft: ['member', 'leaves'],
  TopicSet: ['by', 'sets the topic'],
};
const service = 'service';

/**
 * A session: a lane a participant, and one for what the service does of itself. A message reaches a participant when the
 * log says that it was shown, or read.
 * @param events the whole log: names and what was shown stand in others than the session's.
 */
export function sessionLanes(events: Iterable<StampedEvent>, session: string): Lane[] {
  const lanes = new Lanes();
  const names = new Map<string, string>();
  const posts: { readonly position: number; readonly name: EventName }[] = [];
  const seen = new Map<string, number>();
  const members = new Set<string>();
  const nameOf = (user: unknown) => names.get(String(user)) ?? String(user);
  for (const event of events) {
    const { type, data, position } = event;
    if (type === 'UserRegistered') names.set(String(data.user), String(data.name));
    if (data.session === session) {
      for (const field of ['participants', 'member', 'from', 'by']) {
        for (const user of [data[field] ?? []].flat()) members.add(String(user));
      }
      const [field, what] = deeds[type] ?? [undefined, type];
      const name = lanes.add(field === undefined ? service : nameOf(data[field]), event, what);
      if (type === 'MessagePosted') posts.push({ position, name });
    } else if ((type === 'ItemsShown' || type === 'ConversationRead') && members.has(String(data.user))) {
      const user = String(data.user);
      const [from, to] = [seen.get(user) ?? 0, Number(data.upTo)];
      const verb = type === 'ItemsShown' ? 'is shown' : 'reads';
      for (const sent of latestOfEach(posts, from, to)) {
        if (sent.machine !== nameOf(user))
          lanes.add(nameOf(user), event, `${verb} ${sent.machine}'s message`, sent);
      }
      seen.set(user, Math.max(from, to));
    }
  }
  return lanes.all();
}

/** Of each sender the last message above `from` and up to `to`: what it sent before comes with it. */
function latestOfEach(
  posts: readonly { readonly position: number; readonly name: EventName }[],
  from: number,
  to: number,
): EventName[] {
  const latest = new Map<string, EventName>();
  for (const { position, name } of posts) {
    if (position > from && position <= to) latest.set(name.machine, name);
  }
  return [...latest.values()];
}

/** Elections: a lane a node, from its election to the last event of its epoch, which the next leader read before its own. */
export function electionLanes(events: Iterable<StampedEvent>): Lane[] {
  const lanes = new Lanes();
  let leader = 'founding';
  let last: StampedEvent | undefined;
  let count = 0;
  const close = (): EventName | undefined =>
    last && lanes.add(leader, last, `writes the last of ${count} events in epoch ${last.epoch}`);
  for (const event of events) {
    const { type, epoch, data } = event;
    if (type === 'LeaderElected') {
      const handedOver = close();
      leader = String(data.node);
      lanes.add(leader, event, `is elected for epoch ${epoch}`, handedOver);
      [last, count] = [undefined, 0];
      continue;
    }
    if (type === 'CopiesChanged') lanes.add(leader, event, `sees ${String(data.copies)} copies in effect`);
    last = event;
    count += 1;
  }
  close();
  return lanes.all();
}
