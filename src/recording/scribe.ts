/** Writes down what one client asks, is told and is shown, as it happens: its lines of a history. */
import type { Completion, HistoryEvent, Invocation, Result } from '../checkers/history.ts';
import { Refused, Unanswered } from '../client/errors.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What is asked, without who asks and when. */
export type Asked = Without<Invocation, 'type' | 'client' | 'call' | 'user' | 'invoked_ms'>;
export type Outcome =
  | { readonly is: 'ok'; readonly result: Result }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'unknown' | 'not-sent' };

/** Where histories are written, and the one clock that times them. */
export interface Book {
  nowMs(): number;
  write(event: HistoryEvent): void;
}

export class Scribe {
  readonly client: string;
  readonly #book: Book;
  readonly #user: string | null;
  #calls = 0;
  #isOver = false;

  /** @param client one run of one client, unlike every other's. @param user null for a guest. */
  constructor(book: Book, client: string, user: string | null) {
    this.#book = book;
    this.client = client;
    this.#user = user;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get nowMs(): number {
    return this.#book.nowMs();
  }

  /** @throws what is neither an answer nor the lack of one. */
  async call(asked: Asked, act: () => Promise<Result>): Promise<Outcome> {
    const call = ++this.#calls;
    const who = { client: this.client, call };
    const invoked = { type: 'invoke', ...who, user: this.#user, ...asked, invoked_ms: this.nowMs };
    this.write(invoked as Invocation); // guests ask what guests can ask, users what users can
    try {
      const result = await act();
      this.write({ type: 'complete', ...who, outcome: 'ok', result, completed_ms: this.nowMs });
      return { is: 'ok', result };
    } catch (error) {
      const completion = completionOf(error);
      this.write({ type: 'complete', ...who, ...completion, completed_ms: this.nowMs } as Completion);
      return completion.outcome === 'refused'
        ? { is: 'refused', code: completion.code }
        : { is: completion.outcome };
    }
  }

  /** Nothing is written of a client that was killed: nobody would have been told. */
  write(event: HistoryEvent): void {
    if (!this.#isOver) this.#book.write(event);
  }

  end(): void {
    this.write({ type: 'end', client: this.client, ended_ms: this.nowMs });
    this.#isOver = true;
  }
}

function completionOf(error: unknown) {
  if (error instanceof Refused) {
    const { code, position } = error;
    return { outcome: 'refused', code, ...(position === undefined ? {} : { position }) } as const;
  }
  if (error instanceof Unanswered) return { outcome: error.outcome } as const;
  throw error;
}
