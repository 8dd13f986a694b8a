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
import { Queues } from './queues.ts';

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
  readonly participants: readonly string[];
  readonly messages: PostedEntry[];
}

const deletedUser = 'deleted user';

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
      this.sessions.set(event.data.session, { participants: event.data.participants, messages: [] });
    } else if (event.type === 'MessagePosted') {
      this.#learnMessage({ ...entry, event });
    }
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
    const session = this.sessions.get(entry.event.data.session);
    session?.messages.push(entry);
    this.queues.post(entry, session?.participants ?? []);
  }
}
