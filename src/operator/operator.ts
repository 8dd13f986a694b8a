/** What operator commands speak through: questions to nodes, with the operator's own credential. */
import { errors } from 'nats';
import { z } from 'zod';
import { Refused, Unanswered } from '../client/errors.ts';
import { parseJson } from '../events/codec.ts';
import { type Bus, NoAnswer, NobodyThere } from '../ports/bus.ts';
import { inspectorSubjects, operatorSubjects } from '../protocol/subjects.ts';
import type { OperatorQuery } from '../service/operator.ts';
import { connectTo } from '../transport/connection.ts';
import { NatsBus } from '../transport/nats-bus.ts';
import { InsecureServer, type Security } from '../transport/security.ts';

const replySchema = z.object({
  node: z.string(),
  answer: z.unknown().optional(),
  refused: z.object({ code: z.string(), message: z.string() }).optional(),
});

export const statusSchema = z.object({
  role: z.string(),
  state: z.string(),
  problem: z.string().nullable().default(null),
  /** Members without whose answers a lost stream is not seeded anew. */
  waits_for: z.array(z.string()).default([]),
  /** Of nodes of before 0.2: 0. */
  generation: z.number().default(0),
  promised: z.number().default(0),
  epoch: z.number(),
  frame: z.number(),
  position: z.number(),
  state_hash: z.string(),
  version: z.number(),
  /** The last frame in its log, committed or not. */
  stored: z.number(),
  /** State hashes at the frames where it stood lately. */
  recent: z.array(z.object({ frame: z.number(), state_hash: z.string() })),
  leader: z.string().nullable(),
  members: z.array(z.string()),
  /** How many make a commit at present. */
  copies: z.number(),
  copies_wanted: z.number().default(0),
  min_copies: z.number().default(0),
  clients: z.number(),
  pid: z.number(),
  /** Where the node is watched; nodes of before 0.2 do not say. */
  http: z.string().optional(),
  uptime_ms: z.number(),
});

export type NodeStatus = z.infer<typeof statusSchema> & { readonly node: string };
export type OperatorReply = z.infer<typeof replySchema>;

const nodesMax = 16;

export class Operator {
  readonly #bus: NatsBus;
  readonly #close: () => Promise<void>;

  private constructor(bus: NatsBus, close: () => Promise<void>) {
    this.#bus = bus;
    this.#close = close;
  }

  /** @throws {Unanswered} when no server answers, {Refused} when the password is not the cluster's. */
  static async connect(
    servers: readonly string[],
    password: string,
    security: Security = {},
    as: 'operator' | 'inspector' = 'operator',
  ): Promise<Operator> {
    const credentials = { user: as, pass: password };
    const { inboxPrefix } = as === 'operator' ? operatorSubjects : inspectorSubjects;
    try {
      const connection = await connectTo({
        servers,
        security,
        credentials,
        name: as,
        inboxPrefix,
        patient: false,
      });
      return new Operator(new NatsBus(connection), () => connection.close());
    } catch (cause) {
      if (cause instanceof InsecureServer) throw new Refused(cause.code, cause.message);
      if (!(cause instanceof errors.AuthorizationError)) {
        throw new Unanswered(
          'not-sent',
          `no server answers at ${servers.join(', ')}; \`verbatim up\` starts one`,
          { cause },
        );
      }
      throw new Refused(
        'wrong-credentials',
        `The ${as}'s password is not that of the cluster at ${servers.join(', ')}.`,
      );
    }
  }

  /** What it speaks through; an inspector listens there too. */
  get bus(): Bus {
    return this.#bus;
  }

  /** The status of every node that answers in time. */
  async status(timeoutMs: number, expected = nodesMax): Promise<NodeStatus[]> {
    const replies = await this.askAll('status', {}, timeoutMs, expected);
    return replies.flatMap(({ node, answer }) => {
      const parsed = statusSchema.safeParse(answer);
      return parsed.success ? [{ node, ...parsed.data }] : [];
    });
  }

  /** What every node says that answers in time. */
  async askAll(
    query: OperatorQuery,
    request: object,
    timeoutMs: number,
    expected = nodesMax,
  ): Promise<OperatorReply[]> {
    const subject = operatorSubjects.query(operatorSubjects.all, query);
    const answers = await this.#bus.gather(subject, JSON.stringify(request), expected, timeoutMs);
    return answers.map((data) => replySchema.parse(parseJson(Buffer.from(data).toString())));
  }

  /** @throws {Unanswered} when the node does not answer, {Refused} as it says. */
  async ask(node: string, query: OperatorQuery, request: object, timeoutMs: number): Promise<unknown> {
    try {
      const data = await this.#bus.request(
        operatorSubjects.query(node, query),
        JSON.stringify(request),
        timeoutMs,
      );
      const { answer, refused } = replySchema.parse(parseJson(Buffer.from(data).toString()));
      if (refused) throw new Refused(refused.code, refused.message);
      return answer;
    } catch (cause) {
      if (cause instanceof NobodyThere)
        throw new Unanswered('not-sent', `there is no node ${node} at present`, { cause });
      if (cause instanceof NoAnswer)
        throw new Unanswered('not-sent', `${node} did not answer in time`, { cause });
      throw cause;
    }
  }

  async close(): Promise<void> {
    await this.#close();
  }
}
