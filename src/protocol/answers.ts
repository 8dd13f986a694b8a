/** Answers to commands: derived from the stored event that answers, so that a repeat gets the same one for ever. */
import { z } from 'zod';
import type { DomainEvent } from '../events/domain.ts';

const refusalSchema = z.object({ code: z.string(), message: z.string() });

/** One command's answer. Which fields there are follows from the command. */
export const answerSchema = z.object({
  id: z.string(),
  refused: refusalSchema.optional(),
  duplicate: z.boolean().optional(),
  position: z.int().optional(),
  /** Milliseconds since 1970. */
  at: z.int().optional(),
  session: z.string().optional(),
  match: z.string().optional(),
  user: z.string().optional(),
});

/**
 * A reply to a batch. `resend`: the leader does not know the command before the first; send everything unanswered
 * again. `refused`: nothing more of the batch was decided than what has its answer here; with `retryAfterMs` it may be sent
 * again after so long.
 */
export const replySchema = z.object({
  clock: z.int().min(0),
  answers: z.array(answerSchema).optional(),
  resend: z.boolean().optional(),
  refused: refusalSchema.extend({ retryAfterMs: z.int().min(0).optional() }).optional(),
  /** Whether the log has this client as online. */
  attached: z.boolean().optional(),
  /** End of the user's queue, as far as it is committed: a client that has not been shown it missed a push. */
  queue: z.int().min(0).optional(),
});

export type Answer = z.infer<typeof answerSchema>;
export type Reply = z.infer<typeof replySchema>;

export function answerFrom(event: DomainEvent, position: number): Answer {
  const id = event.cause?.id ?? '';
  const { at } = event;
  switch (event.type) {
    case 'CommandRefused':
      return { id, refused: event.data, position };
    case 'MessagePosted':
    case 'GroupOpened':
    case 'MemberJoined':
    case 'MemberLeft':
    case 'TopicSet':
      return { id, position, at, session: event.data.session };
    case 'MatchOpened':
    case 'MatchJoined':
    case 'PlayerReady':
    case 'MatchPaused':
    case 'MatchEnded':
      return { id, position, at, match: event.data.match };
    case 'UserRegistered':
    case 'LoggedIn':
    case 'AccountRecovered':
      return { id, position, at, user: event.data.user };
    default:
      return { id, position, at };
  }
}
