/** What was read, told now and then and not at every message. */
import type { UserClient } from '../../src/client/client.ts';
import type { Does } from './events.ts';

const gatherMs = 300;

export class ReadMarks {
  readonly #client: UserClient;
  /** Up to which position, by conversation. */
  readonly #untold = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(client: UserClient) {
    this.#client = client;
  }

  read({ conversation, position }: Does<'read'>): void {
    this.#untold.set(conversation, position);
    this.#timer ??= setTimeout(() => this.#tell(), gatherMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tell(): void {
    this.#timer = undefined;
    for (const [conversation, position] of this.#untold)
      void this.#client.conversations.markRead(conversation, position).catch(() => undefined); // the next one tells it too
    this.#untold.clear();
  }
}
