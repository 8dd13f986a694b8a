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
  /** `gone`: this is the last beat of a node that was asked to stop. */
  role: z.enum(['leader', 'candidate', 'follower', 'seeder', 'other', 'gone']),
  /** Whom a leader that is `gone` leaves its office to; null where it does not matter. */
  successor: z.string().nullable(),
  /** Of a leader: its appends, or its probes when there is nothing to append, have succeeded lately. */
  healthy: z.boolean(),
  /** Its rows were folded anew and are what they were, whatever the leader of this epoch announces. */
  standsBy: z.boolean(),
  /** Whether this node could lead: it is neither frozen nor stopping. */
  fit: z.boolean(),
  /** Nothing of a lower generation is stored, acknowledged or led by this node any more. */
  promised: natural,
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

/** Asks a node to have nothing to do with generations below this one, so that the asker can seed it. */
export const promiseSchema = z.strictObject({ node: z.string(), generation: z.int().min(1) });

/** What a node holds when it has promised; `granted` only to one asker, and only once. */
export const pledgeSchema = z.strictObject({
  node: z.string(),
  granted: z.boolean(),
  /** The highest generation that it has promised to anybody. */
  promised: natural,
  /** Everything that it ever acknowledged is in what it holds. */
  complete: z.boolean(),
  generation: natural,
  epoch: natural,
  /** Of the last frame held. */
  number: natural,
  hash: digest,
  /** The last frame that it knows to be committed; number 0 where there is none. */
  mark: z.strictObject({ generation: natural, epoch: natural, number: natural, hash: digest }),
  cluster: z.strictObject({ members: z.array(z.string()), copies: natural, minCopies: natural }).nullable(),
});

/** Asks a peer for frames of its log. */
export const fetchSchema = z.strictObject({ from: z.int().min(1), to: z.int().min(1) });

export type PromiseRequest = Readonly<z.infer<typeof promiseSchema>>;
export type Pledge = Readonly<z.infer<typeof pledgeSchema>>;
export type Beat = Readonly<z.infer<typeof beatSchema>>;
/** What a node does, as it says of itself while it runs. */
export type Role = Exclude<Beat['role'], 'gone'>;
export type Ack = Readonly<z.infer<typeof ackSchema>>;
export type Notice = Readonly<z.infer<typeof noticeSchema>>;
export type Position = Readonly<z.infer<typeof positionSchema>>;

export const subjects = {
  beat: 'verbatim.node.beat',
  ack: 'verbatim.node.ack',
  mark: 'verbatim.node.mark',
  position: 'verbatim.node.position',
  promise: 'verbatim.node.promise',
  frames: (node: string) => `verbatim.node.frames.${node}`,
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
