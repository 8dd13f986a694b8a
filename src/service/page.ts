/** What one question brings together until there is enough, or enough was looked at; the next one goes on from there. */
import { limits } from '../events/limits.ts';
import type { StoredEvent } from '../projections/stored.ts';
import type { Cursor, MessageView } from '../protocol/views.ts';

export class Page {
  readonly #limit: number;
  readonly #lookedMax: number;
  readonly #messages: MessageView[] = [];
  #sizeBytes = 0;
  #looked = 0;
  #next: Cursor | null = null;

  constructor(limit: number, lookedMax: number) {
    this.#limit = limit;
    this.#lookedMax = lookedMax;
  }

  look({ event, position }: StoredEvent, view: MessageView | undefined): void {
    this.#looked += 1;
    if (view) {
      this.#messages.push(view);
      this.#sizeBytes += Buffer.byteLength(JSON.stringify(view));
    }
    if (this.isFull && 'session' in event.data) this.#next = { session: event.data.session, position };
  }

  get isFull(): boolean {
    return (
      this.#messages.length === this.#limit ||
      this.#looked === this.#lookedMax ||
      this.#sizeBytes >= limits.answerBytesMax
    );
  }

  get answer(): { messages: MessageView[]; next: Cursor | null } {
    return { messages: this.#messages, next: this.#next };
  }
}
