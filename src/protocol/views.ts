/** What clients are shown, as schemas. */
import { z } from 'zod';

const natural = z.int().min(0);

export const messageView = z.object({
  id: z.string(),
  session: z.string(),
  from: z.string(),
  text: z.string(),
  /** Milliseconds since 1970. */
  at: natural,
  position: natural,
});

/** An item of a user's queue. `returned`: a message of the user's own that its addressee never saw. */
export const itemView = messageView.extend({
  kind: z.enum(['message', 'returned']),
  /** Position of the item before; 0 for the first. */
  prev: natural,
  /** Where this item stands in the queue: later than the message itself when it came back. */
  item: natural,
});

export const sessionView = z.object({
  session: z.string(),
  participants: z.array(z.string()),
  openedAt: natural,
  lastAt: natural,
  messages: natural,
  state: z.string(),
});

export const userView = z.object({ name: z.string(), online: z.boolean() });

export type MessageView = z.infer<typeof messageView>;
export type ItemView = z.infer<typeof itemView>;
export type SessionView = z.infer<typeof sessionView>;
export type UserView = z.infer<typeof userView>;

/** Hurries what was committed to a user who is connected. `last`: the newest position in the queue, perhaps to be read. */
export const pushSchema = z.object({ items: z.array(itemView), last: natural });
export type Push = z.infer<typeof pushSchema>;
