/**
 * What is told to those who are connected and is not kept: who types, who came and went, what others were shown and have
 * read. A notice that is lost is lost; whoever wants to be certain asks (`receipts`, `conversations`, `users`).
 */
import { z } from 'zod';
import { limits } from '../events/limits.ts';
import { matchView, messageView, userView } from './views.ts';

const natural = z.int().min(0);

/** What a client says while its user types, at most every `typingEveryMs`. */
export const typingSchema = z.strictObject({ conversation: z.string().max(limits.idLengthMax) });
export const typingEveryMs = 3_000;
/** Whoever was said to be typing is not any more, if it was not said again within so long. */
export const typingLastsMs = 6_000;

/** `position`: whoever asks then is shown no older state (P7). */
export const liveNotice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('typing'), conversation: z.string(), from: z.string() }),
  /** Some of those one shares a conversation with came or went. */
  z.object({ type: z.literal('presence'), position: natural, users: z.array(userView) }),
  /** Somebody was shown, or has read, what stands up to a position; oneself, on whichever client, among them. */
  z.object({
    type: z.literal('receipts'),
    position: natural,
    receipts: z.array(
      z.object({
        conversation: z.string(),
        name: z.string(),
        delivered: natural.optional(),
        read: natural.optional(),
      }),
    ),
  }),
  /** Another client of the same user said it, or this one: it is known by its position. */
  z.object({ type: z.literal('said'), message: messageView }),
  /** A match that one plays in was opened, or is in another state than before. */
  z.object({ type: z.literal('match'), position: natural, match: matchView }),
]);
export type LiveNotice = z.infer<typeof liveNotice>;
