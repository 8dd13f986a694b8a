/** What can go wrong for a client, and what is known then about what it asked for. */
import type { RefusalCode } from '../events/refusals.ts';

export type { RefusalCode };

/** Somebody who may decide has decided: no. `code` is stable, the message one sentence. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  /** The refusal is in the log, at this position, and a repeat gets it again. */
  readonly position: number | undefined;

  constructor(code: string, message: string, position?: number) {
    super(message);
    this.code = code;
    this.position = position;
  }
}

/** Nobody could answer in time. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  /** `unknown`: it may have happened; repeat it under the same id. `not-sent`: it certainly has not. */
  readonly outcome: 'unknown' | 'not-sent';
  /** Of the command, where there was one. */
  readonly id: string | undefined;

  constructor(
    outcome: 'unknown' | 'not-sent',
    message: string,
    options: ErrorOptions & { readonly id?: string } = {},
  ) {
    super(message, options);
    this.outcome = outcome;
    this.id = options.id;
  }
}

/** Codes of refusals that decided nothing and pass: the same may be asked again, under the same id. */
const passing: ReadonlySet<string> = new Set(['not-now', 'slow-down', 'too-early'] satisfies RefusalCode[]);

/** Whether to ask for the same again, a little later, is worth it. */
export function mayRetry(error: unknown): boolean {
  return error instanceof Unanswered || (error instanceof Refused && passing.has(error.code));
}
