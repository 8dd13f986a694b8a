/** Messages between processes as a port: at most once, in order per sender and subject (core NATS). */
export interface Bus {
  publish(subject: string, payload: Uint8Array | string): void;
  subscribe(
    subject: string,
    handler: (message: BusMessage) => void,
    options?: { readonly queue?: string },
  ): Subscription;
  /** Sends a question and gathers up to `replies` answers for at most `timeoutMs`; fewer when fewer came. */
  gather(subject: string, payload: string, replies: number, timeoutMs: number): Promise<Uint8Array[]>;
  /**
   * One question, one answer.
   * @throws {NobodyThere} at once, when nobody listens on the subject. @throws {NoAnswer} after `timeoutMs`.
   */
  request(subject: string, payload: string, timeoutMs: number): Promise<Uint8Array>;
  /** Whether messages can be sent now. */
  readonly connected: boolean;
  onStatus(listener: (connected: boolean) => void): Subscription;
}

/** Certain: the question reached nobody. */
export class NobodyThere extends Error {
  override readonly name = 'NobodyThere';
}

/** The question may have arrived, and what it asked for may have happened. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Whether an answer would reach anybody: one that would not need not be made. */
  readonly expectsAnswer: boolean;
  /** Where an answer would go, where that is known: the broker lets whoever listens there be one and no other. */
  readonly answerSubject?: string | undefined;
  respond(payload: Uint8Array | string): void;
}

export interface Subscription {
  stop(): void;
}
