/**
 * What processes tell an inspector, and how it says that it looks.
 *
 * Nobody tells anything until an inspector says that it is interested, and it has to go on saying so: one that dies is
 * forgotten after some seconds. An inspector believes of this only what fits the schemas, and of a client only what
 * concerns the client itself: the broker vouches for the subject, and for nothing in the message.
 */
import { z } from 'zod';

export const interestEveryMs = 1_000;
/** Without a word for so long nobody looks any more. */
export const interestLastsMs = 3_500;
/** Changes are gathered for so long. */
export const tellEveryMs = 100;
/** Actors whose every event is told, at the same time. */
export const watchedMax = 16;
/** Of each kind, in one message: what is more is counted and not told. */
export const toldMax = { actors: 500, events: 100, frames: 40 } as const;

const natural = z.int().min(0);
const actorId = z.string().max(128);
const word = z.string().max(256);

export const interestSchema = z.object({
  /** Which inspector, in which run of its own: a new one is told everything from the start. */
  by: z.string().max(32),
  /** Actors whose every event is asked for; `*`: those of all actors. */
  watched: z.array(actorId).max(watchedMax),
  /** The node that is to tell of what all of them know equally well. */
  teller: z.string().max(32).nullable(),
  /** Whether it is to tell of all users and sessions, and not of those alone that are watched. */
  isListing: z.boolean(),
  /** Whether what people wrote may be told. */
  bodies: z.boolean(),
});
export type Interest = z.infer<typeof interestSchema>;

const stateNode: z.ZodType<StateNode> = z.lazy(() =>
  z.object({
    id: z.string().max(256),
    key: word,
    type: word,
    initial: word.nullable(),
    states: z.array(stateNode).max(64),
  }),
);

export interface StateNode {
  /** The path from the root, such as `registered.online`; empty for the root. */
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly initial: string | null;
  readonly states: readonly StateNode[];
}

const edge = z.object({
  from: z.string().max(256),
  /** Null where the state stays. */
  to: z.string().max(256).nullable(),
  /** The type of the event, as XState names it. */
  event: word,
  guard: word.nullable(),
});
export type Edge = z.infer<typeof edge>;

/** A machine as a graph, for drawing. */
export const graphSchema = z.object({ root: stateNode, edges: z.array(edge).max(512) });
export type Graph = z.infer<typeof graphSchema>;

const actorTold = z.object({
  id: actorId,
  /** The name of its machine. */
  kind: word,
  label: z.string().max(2_048),
  state: word,
  /** It is no more. */
  gone: z.boolean().optional(),
});
export type ActorTold = z.infer<typeof actorTold>;

const eventTold = z.object({
  actor: actorId,
  /** Milliseconds since 1970: by the log's own time where the event stands in it, else by the process's clock. */
  at: natural,
  type: word,
  data: z.record(z.string(), z.unknown()),
  from: word,
  to: word,
  context: z.record(z.string(), z.unknown()),
  /** Where it stands in the log, if it does. */
  position: natural.nullable(),
});
export type EventTold = z.infer<typeof eventTold>;

/** A moment in the life of a frame, by one process's clocks. Milliseconds; `at` since 1970. */
const frameTold = z.object({
  frame: natural,
  at: natural,
  /** `led`: of the leader, whose steps these are; the others are moments at any node. */
  what: z.enum(['led', 'stored', 'committed']),
  /** From its first event to being cut, from there to being stored in the stream, from there to being committed. */
  steps: z.tuple([z.number(), z.number(), z.number()]).optional(),
  position: natural.optional(),
  events: natural.optional(),
  /** Sessions that something was said in. */
  sessions: z.array(actorId).max(8).optional(),
});
export type FrameTold = z.infer<typeof frameTold>;

export const toldSchema = z.object({
  process: z.string().max(64),
  kind: z.enum(['node', 'client']),
  /** What was not told because it was too much. */
  dropped: natural.optional(),
  machines: z.record(word, graphSchema).optional(),
  actors: z.array(actorTold).max(toldMax.actors).optional(),
  events: z.array(eventTold).max(toldMax.events).optional(),
  frames: z.array(frameTold).max(toldMax.frames).optional(),
});
export type Told = z.infer<typeof toldSchema>;
