/** What nodes say to one another on the bus, checked on arrival like anything else that comes from outside. */
import { z } from 'zod';

const natural = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const markSchema = z.strictObject({ number: natural, position: natural, state: digest, version: natural });

/** Every 100 ms from every node. */
export const beatSchema = z.strictObject({
  node: z.string(),
  generation: natural,
  epoch: natural,
  /** The last frame held, and its hash: this is an acknowledgement too. */
  number: natural,
  hash: digest,
  mark: markSchema,
  role: z.enum(['leader', 'candidate', 'follower', 'other']),
  /** Of a leader: its appends, or its probes when there is nothing to append, have succeeded lately. */
  healthy: z.boolean(),
  /** Whether this node could lead: it is neither frozen nor stopping. */
  fit: z.boolean(),
});

/** As soon as a frame is stored; cumulative. */
export const ackSchema = z.strictObject({
  node: z.string(),
  generation: natural,
  number: natural,
  hash: digest,
});

/** From the leader when no frame follows that would carry the mark. */
export const noticeSchema = z.strictObject({
  node: z.string(),
  generation: natural,
  epoch: natural,
  mark: markSchema,
});

/** Answer to a candidate. */
export const positionSchema = z.strictObject({
  node: z.string(),
  generation: natural,
  epoch: natural,
  number: natural,
  /** Of the last frame held, in the stream of its generation. */
  sequence: natural,
});

export type Beat = Readonly<z.infer<typeof beatSchema>>;
export type Ack = Readonly<z.infer<typeof ackSchema>>;
export type Notice = Readonly<z.infer<typeof noticeSchema>>;
export type Position = Readonly<z.infer<typeof positionSchema>>;

export const subjects = {
  beat: 'verbatim.node.beat',
  ack: 'verbatim.node.ack',
  mark: 'verbatim.node.mark',
  position: 'verbatim.node.position',
} as const;

/** Undefined for anything that is not exactly such a message. */
export function parse<S extends z.ZodType>(schema: S, data: Uint8Array): z.infer<S> | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.from(data).toString()));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
