/** What a client makes of a reply to its commands. Pure. */
import type { Reply } from '../../protocol/answers.ts';

export type NextStep =
  /** These commands have their answers. */
  | { readonly do: 'settle' }
  /** Send everything unanswered again, from the oldest on. */
  | { readonly do: 'resend'; readonly afterMs: number }
  /** The batch can never be taken. */
  | { readonly do: 'fail'; readonly code: string; readonly message: string };

const notNowMs = 50;

export function decideReply(reply: Reply): NextStep {
  if (reply.answers) return { do: 'settle' };
  if (reply.resend) return { do: 'resend', afterMs: 0 };
  if (reply.refused?.code === 'not-now') return { do: 'resend', afterMs: notNowMs };
  return {
    do: 'fail',
    code: reply.refused?.code ?? 'malformed',
    message: reply.refused?.message ?? 'An empty reply.',
  };
}
