/** What clients asked for and what they were told: recorded as it happens, judged when all is over. */
import { Refused, Unanswered } from '../client/errors.ts';
import type { Answer } from '../protocol/answers.ts';
import type { ItemView } from '../protocol/views.ts';

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly code: string; readonly position: number | undefined }
  | { readonly kind: 'unanswered'; readonly outcome: 'unknown' | 'not-sent' };

/** One message given to a client once; the same id may be given again. */
export interface Attempt {
  readonly user: string;
  /** One run of one client: what it was given, it was given in this order. */
  readonly run: string;
  readonly id: string;
  readonly to: string;
  readonly text: string;
  /** Undefined while waiting, and for ever if the client was killed. */
  outcome: Outcome | undefined;
}

/** What one client was shown while it followed its user's queue. */
export interface Showing {
  readonly user: string;
  readonly run: string;
  readonly items: ItemView[];
  /** It follows still, so in the end it has seen all. */
  isLive: boolean;
}

export class History {
  readonly attempts: Attempt[] = [];
  readonly showings: Showing[] = [];

  /** Waits for the outcome and writes it down. */
  async record(attempt: Attempt, answer: Promise<Answer>): Promise<Outcome> {
    this.attempts.push(attempt);
    attempt.outcome = await answer.then(
      (value): Outcome => ({ kind: 'answered', answer: value }),
      (error: unknown): Outcome => {
        if (error instanceof Refused) return { kind: 'refused', code: error.code, position: error.position };
        if (error instanceof Unanswered) return { kind: 'unanswered', outcome: error.outcome };
        throw error;
      },
    );
    return attempt.outcome;
  }

  show(user: string, run: string): Showing {
    const showing: Showing = { user, run, items: [], isLive: true };
    this.showings.push(showing);
    return showing;
  }

  /** Messages of a user that were decided: they can be sent again. */
  decided(user: string): Attempt[] {
    return this.attempts.filter(({ user: from, outcome }) => from === user && outcome?.kind === 'answered');
  }
}
