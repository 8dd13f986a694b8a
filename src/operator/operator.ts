/** What operator commands speak through: questions to nodes, with the operator's own credential. */
import { z } from 'zod';
import { operatorSubjects } from '../protocol/subjects.ts';
import type { OperatorQuery } from '../service/operator.ts';
import { connectTo } from '../transport/connection.ts';
import { NatsBus } from '../transport/nats-bus.ts';
import { parseJson } from '../events/codec.ts';

const replySchema = z.object({
  node: z.string(),
  answer: z.unknown().optional(),
  refused: z.object({ code: z.string(), message: z.string() }).optional(),
});

export const statusSchema = z.object({
  role: z.string(),
  state: z.string(),
  epoch: z.number(),
  frame: z.number(),
  position: z.number(),
  state_hash: z.string(),
  version: z.number(),
  leader: z.string().nullable(),
  members: z.array(z.string()),
  copies: z.number(),
  clients: z.number(),
  pid: z.number(),
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

  /** @throws when no server answers, or the password is not the cluster's. */
  static async connect(servers: readonly string[], password: string): Promise<Operator> {
    const credentials = { user: 'operator', pass: password };
    const { inboxPrefix } = operatorSubjects;
    const connection = await connectTo({ servers, credentials, name: 'operator', inboxPrefix, patient: false });
    return new Operator(new NatsBus(connection), () => connection.close());
  }

  /** The status of every node that answers in time. */
  async status(timeoutMs: number, expected = nodesMax): Promise<NodeStatus[]> {
    const replies = await this.askAll('status', {}, timeoutMs, expected);
    return replies.flatMap(({ node, answer }) => {
      const parsed = statusSchema.safeParse(answer);
      return parsed.success ? [{ node, ...parsed.data }] : [];
    });
  }

  async askAll(query: OperatorQuery, request: object, timeoutMs: number, expected = nodesMax): Promise<OperatorReply[]> {
    const subject = operatorSubjects.query(operatorSubjects.all, query);
    const answers = await this.#bus.gather(subject, JSON.stringify(request), expected, timeoutMs);
    return answers.map((data) => replySchema.parse(parseJson(Buffer.from(data).toString())));
  }

  /** @throws {NobodyThere | NoAnswer} when the node does not answer. */
  async ask(node: string, query: OperatorQuery, request: object, timeoutMs: number): Promise<OperatorReply> {
    const data = await this.#bus.request(operatorSubjects.query(node, query), JSON.stringify(request), timeoutMs);
    return replySchema.parse(parseJson(Buffer.from(data).toString()));
  }

  async close(): Promise<void> {
    await this.#close();
  }
}
