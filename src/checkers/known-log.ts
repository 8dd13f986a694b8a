/**
 * What is to be known about a log to judge a history by it.
 *
 * The projections know all of this, but they are what is on trial. So it is told once more here, from the events alone
 * and the plain way, in one pass; nothing is shared with the code under test but the events' types and how names are
 * compared.
 */
import type { EventData } from '../events/domain.ts';
import { canonicalName } from '../events/names.ts';
import { push } from './grouping.ts';
import type { LogEntry, PostedEntry } from './log.ts';
import { Queues, type Told } from './queues.ts';

export interface KnownUser {
  readonly name: string;
  /** Position at which the account was deleted. */
  deletedAt: number | undefined;
  /** Up to where the queue is acknowledged as shown. */
  shown: number;
  /** When that was acknowledged, in order. */
  readonly marks: { readonly position: number; readonly upTo: number }[];
}

export interface KnownSession {
  readonly isGroup: boolean;
  /** Those who take part at the end of the log. */
  readonly participants: Set<string>;
  readonly messages: PostedEntry[];
  /** Of a group: when each user was in it, from joining to leaving. */
  readonly stays: Map<string, { readonly from: number; to: number }[]>;
}

const deletedUser = 'deleted user';
const nobodys: KnownSession = { isGroup: false, participants: new Set(), messages: [], stays: new Map() };

export class KnownLog {
  readonly entries: readonly LogEntry[];
  readonly users = new Map<string, KnownUser>();
  readonly sessions = new Map<string, KnownSession>();
  readonly queues = new Queues();
  /** By user and command id: what answers that command, which should be one entry. */
  readonly answers = new Map<string, LogEntry[]>();

  constructor(entries: readonly LogEntry[]) {
    this.entries = entries;
    for (const entry of entries) this.#learn(entry);
  }

  get last(): number {
    return this.entries.at(-1)?.position ?? 0;
  }

  answersTo(user: string, id: string): readonly LogEntry[] {
    return this.answers.get(`${user}/${id}`) ?? [];
  }

  isNamed(user: string, name: string): boolean {
    const known = this.users.get(user);
    return known !== undefined && canonicalName(known.name) === canonicalName(name);
  }

  /** How a user may be shown by somebody who has seen everything up to a position. */
  namesFor(user: string, seen: number): readonly string[] {
    const known = this.users.get(user);
    if (!known) return [];
    if (known.deletedAt === undefined) return [known.name];
    return known.deletedAt <= seen ? [deletedUser] : [known.name, deletedUser];
  }

  #learn(entry: LogEntry): void {
    const { event, position } = entry;
    if (event.cause) push(this.answers, `${event.cause.user}/${event.cause.id}`, entry);
    if (event.type === 'UserRegistered') {
      this.users.set(event.data.user, { name: event.data.name, deletedAt: undefined, shown: 0, marks: [] });
    } else if (event.type === 'ItemsShown') {
      this.#learnShown(event.data, position);
    } else if (event.type === 'AccountDeleted') {
      this.#learnDeletion(event.data.user, position);
    } else if (event.type === 'SessionOpened') {
      this.#learnOpening(event.data, false);
    } else if (event.type === 'MessagePosted') {
      this.#learnMessage({ ...entry, event });
    } else if ('session' in event.data) {
      this.#learnOfGroup(entry);
    }
  }

  /**
   * The messages of a session that a user may read: of a pair's session all, of a group's those of the user's stays.
   * @returns undefined where the session is none of the user's.
   */
  seenBy(user: string, session: string): readonly PostedEntry[] | undefined {
    const { isGroup, participants, stays, messages } = this.sessions.get(session) ?? nobodys;
    if (!isGroup) return participants.has(user) ? messages : undefined;
    const own = stays.get(user);
    const isSeen = ({ position }: PostedEntry) =>
      own?.some(({ from, to }) => from <= position && position <= to) ?? false;
    return own && messages.filter(isSeen);
  }

  #learnOpening(
    { session, participants }: { readonly session: string; readonly participants: readonly string[] },
    isGroup: boolean,
  ): KnownSession {
    const known = { isGroup, participants: new Set(participants), messages: [], stays: new Map() };
    this.sessions.set(session, known);
    return known;
  }

  #learnOfGroup(entry: LogEntry): void {
    const { event, position } = entry;
    if (event.type === 'GroupOpened') {
      const { session, by, topic, participants } = event.data;
      const group = this.#learnOpening(event.data, true);
      for (const user of participants)
        push(group.stays, user, { from: position, to: Number.POSITIVE_INFINITY });
      this.#tell(entry, { session, from: by, text: topic, kind: 'opened' });
    } else if (event.type === 'MemberJoined') {
      const { session, by, member } = event.data;
      const group = this.sessions.get(session);
      group?.participants.add(member);
      if (group) push(group.stays, member, { from: position, to: Number.POSITIVE_INFINITY });
      this.#tell(entry, { session, from: by, text: '', kind: 'joined' });
    } else if (event.type === 'MemberLeft') {
      const { session, member } = event.data;
      const group = this.sessions.get(session);
      group?.participants.delete(member);
      const stay = group?.stays.get(member)?.at(-1);
      if (stay) stay.to = position;
      this.#tell(entry, { session, from: member, text: '', kind: 'left' });
    } else if (event.type === 'TopicSet') {
      const { session, by, topic } = event.data;
      this.#tell(entry, { session, from: by, text: topic, kind: 'topic' });
    }
  }

  #tell(entry: LogEntry, told: Pick<Told, 'session' | 'from' | 'text' | 'kind'>): void {
    const { isGroup = false, participants = [] } = this.sessions.get(told.session) ?? {};
    this.queues.post({ ...entry, ...told, isPairs: !isGroup }, participants);
  }

  #learnShown({ user: id, upTo }: EventData<'ItemsShown'>, position: number): void {
    const user = this.users.get(id);
    if (!user) return;
    user.shown = upTo;
    user.marks.push({ position, upTo });
  }

  #learnDeletion(id: string, position: number): void {
    const user = this.users.get(id);
    if (!user) return;
    user.deletedAt = position;
    const isThere = (sender: string) => this.users.get(sender)?.deletedAt === undefined;
    this.queues.giveBack(id, user.shown, position, isThere);
  }

  #learnMessage(entry: PostedEntry): void {
    const { session, from, text } = entry.event.data;
    this.sessions.get(session)?.messages.push(entry);
    this.#tell(entry, { session, from, text, kind: 'message' });
  }
}
