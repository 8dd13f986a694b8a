/** Writes the history, a line an event, as things happen: what is written survives whatever becomes of this process. */
import { closeSync, openSync, writeSync } from 'node:fs';
import {
  type Completion,
  type HistoryEvent,
  type Invocation,
  type Result,
  writeEvent,
} from '../../src/checkers/history.ts';
import { Refused, Unanswered } from '../../src/client/errors.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What is asked, without who asks and when. */
export type Asked = Without<Invocation, 'type' | 'client' | 'call' | 'user' | 'invoked_ms'>;
export type Outcome =
  | { readonly is: 'ok'; readonly result: Result }
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'unknown' | 'not-sent' };

/** Of the machine's monotonic clock: processes that write one history, a line each, mean the same by it. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Recorder {
  readonly path: string;
  readonly #file: number;
  readonly #acknowledgedMs: number[] = [];

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'a');
  }

  /** When sends were acknowledged. */
  get acknowledgedMs(): readonly number[] {
    return this.#acknowledgedMs;
  }

  nowMs(): number {
    return nowMs();
  }

  write(event: HistoryEvent): void {
    writeSync(this.#file, writeEvent(event));
  }

  noteAcknowledged(): void {
    this.#acknowledgedMs.push(this.nowMs());
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** One client's lines in the history. */
export class Scribe {
  readonly client: string;
  readonly #recorder: Recorder;
  readonly #user: string | null;
  #calls = 0;
  #isOver = false;

  constructor(recorder: Recorder, client: string, user: string | null) {
    this.#recorder = recorder;
    this.client = client;
    this.#user = user;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get nowMs(): number {
    return this.#recorder.nowMs();
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
      if (asked.op === 'send' && !this.#isOver) this.#recorder.noteAcknowledged();
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
    if (!this.#isOver) this.#recorder.write(event);
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
