/**
 * Users' queues as a log implies them: what others said, what came back when its addressee was deleted, and who came to
 * a group, left it or said what it is about.
 */
import { push } from './grouping.ts';
import type { LogEntry } from './log.ts';

/** What somebody said or did, as it is to be shown. */
export interface Told extends LogEntry {
  /** User id. */
  readonly from: string;
  readonly session: string;
  readonly text: string;
  readonly kind: 'message' | 'opened' | 'joined' | 'left' | 'topic';
  /** Only between two: what is said in a group never comes back. */
  readonly isPairs: boolean;
}

/** One thing to be shown. What came back at once shares an item and is several of these. */
export interface QueuePart {
  readonly item: number;
  readonly kind: Told['kind'] | 'returned';
  readonly message: Told;
}

export class Queues {
  readonly #queues = new Map<string, QueuePart[]>();

  of(user: string): readonly QueuePart[] {
    return this.#queues.get(user) ?? [];
  }

  post(message: Told, participants: Iterable<string>): void {
    for (const user of participants) {
      if (user === message.from) continue;
      push(this.#queues, user, { item: message.position, kind: message.kind, message });
    }
  }

  /**
   * A deleted user's unseen messages go to their senders, in order. To those who are gone nothing goes back; among them
   * is the deleted one, to whom belongs what came back to it before.
   */
  giveBack(user: string, shown: number, item: number, isThere: (sender: string) => boolean): void {
    for (const { item: place, message } of this.of(user)) {
      if (place <= shown || !message.isPairs) continue;
      if (isThere(message.from)) push(this.#queues, message.from, { item, kind: 'returned', message });
    }
  }
}
