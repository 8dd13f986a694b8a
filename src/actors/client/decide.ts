/** What a client makes of a reply to its commands. Pure. */
import type { Reply } from '../../protocol/answers.ts';

export type NextStep =
  /** These commands have their answers. */
  | { readonly do: 'settle' }
  /**
   * Send everything unanswered again, from the oldest on. `isCertain`: nothing was decided of what has no answer yet, and
   * nothing is to be sent before.
   */
  | { readonly do: 'resend'; readonly afterMs: number; readonly isCertain: boolean }
  /** The batch can never be taken. */
  | { readonly do: 'fail'; readonly code: string; readonly message: string };

const notNowMs = 50;

export function decideReply({ answers, resend, refused }: Reply): NextStep {
  if (refused?.code === 'slow-down')
    return { do: 'resend', afterMs: refused.retryAfterMs ?? notNowMs, isCertain: true };
  if (answers) return { do: 'settle' };
  if (resend) return { do: 'resend', afterMs: 0, isCertain: false };
  if (refused?.code === 'not-now') return { do: 'resend', afterMs: notNowMs, isCertain: false };
  return { do: 'fail', code: refused?.code ?? 'malformed', message: refused?.message ?? 'An empty reply.' };
}
