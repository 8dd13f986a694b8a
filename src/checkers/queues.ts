/** Users' queues as a log implies them: what others sent, and what came back when its addressee was deleted. */
import { push } from './grouping.ts';
import type { PostedEntry } from './log.ts';

/** One thing to be shown. What came back at once shares an item and is several of these. */
export interface QueuePart {
  readonly item: number;
  readonly kind: 'message' | 'returned';
  readonly message: PostedEntry;
}

export class Queues {
  readonly #queues = new Map<string, QueuePart[]>();

  of(user: string): readonly QueuePart[] {
    return this.#queues.get(user) ?? [];
  }

  post(message: PostedEntry, participants: readonly string[]): void {
    for (const user of participants) {
      if (user === message.event.data.from) continue;
      push(this.#queues, user, { item: message.position, kind: 'message', message });
    }
  }

  /**
   * A deleted user's unseen messages go to their senders, in order. To those who are gone nothing goes back; among them
   * is the deleted one, to whom belongs what came back to it before.
   */
  giveBack(user: string, shown: number, item: number, isThere: (sender: string) => boolean): void {
    for (const { item: place, message } of this.of(user)) {
      if (place <= shown) continue;
      const { from } = message.event.data;
      if (isThere(from)) push(this.#queues, from, { item, kind: 'returned', message });
    }
  }
}
