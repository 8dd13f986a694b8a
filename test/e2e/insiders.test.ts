/**
 * Nonsense from within: what an operator's program, or something with a node's credential, may send by mistake. Nodes
 * believe one another; what is no message of theirs they ignore, and an operator is told what is not understood (P10).
 */
import fc from 'fast-check';
import { connect, type NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inspectorSubjects, operatorSubjects } from '../../src/protocol/subjects.ts';
import * as messages from '../../src/replication/messages.ts';
import { TestCluster } from '../support/cluster.ts';
import { payloads } from '../support/payloads.ts';

const { subjects } = messages;
/** Of each kind; clients' subjects have theirs in `attacker.test.ts`. */
const payloadCount = Number(process.env.VERBATIM_PAYLOADS ?? 5_000) / 5;
/** As many as are sent at once: what is to be found is what breaks a node, not what keeps it busy. */
const portion = 5;
const timeoutMs = 60_000 + payloadCount * 10;
const hash = 'a'.repeat(64);

let cluster: TestCluster;
let connection: NatsConnection;
let round = 0;

const connectAs = async (user: string, inboxPrefix: string) =>
  await connect({
    servers: cluster.url,
    user,
    pass: cluster.secret(`${user}Password`),
    inboxPrefix,
    reconnect: false,
  });

beforeAll(async () => {
  cluster = await TestCluster.start();
  await cluster.welcome('alice', 'bob');
});
afterAll(async () => {
  await cluster?.stop();
});

afterEach(async () => {
  await connection.close();
  const text = `still here ${++round}`;
  await cluster.as('alice').done(['send', 'bob', text]);
  expect((await cluster.as('bob').done(['inbox', '--json'])).json.map((item) => item.text)).toEqual([text]);
  expect(new Set(await cluster.hashes()).size).toBe(1);
  expect((await cluster.leader()).epoch).toBe(1);
  expect(cluster.said.all.filter((line) => / died \(/.test(line))).toEqual([]);
});

describe('nonsense', () => {
  it(
    `gets an operator an answer: ${payloadCount} payloads`,
    async () => {
      connection = await connectAs('operator', operatorSubjects.inboxPrefix);
      const reply = z.strictObject({
        node: z.literal('n2'),
        answer: z.object({}).optional(),
        refused: z.strictObject({ code: z.string(), message: z.string().max(1_000) }).optional(),
      });
      const questions: Record<string, fc.JsonValue> = {
        status: {},
        log: { from: 1, to: 20, types: ['LoggedIn'], limit: 10 },
        state: { session: null, user: 'alice', at: 5 },
        actors: { after: null },
        history: { actor: 's-0000000000000000', after: 0, limit: 10 },
        'give-up': { nodes: ['n9'] },
        everything: {},
      };
      const runs = Math.ceil(payloadCount / Object.keys(questions).length);
      for (const [name, right] of Object.entries(questions)) {
        const ask = (payload: Uint8Array) =>
          connection.request(operatorSubjects.query('n2', name), payload, { timeout: 5_000 });
        const property = fc.asyncProperty(payloads([right]), async (payload) => {
          expect(reply.safeParse((await ask(payload)).json()).error?.issues).toBeUndefined();
        });
        await fc.assert(property, { numRuns: runs });
        const { refused } = (await ask(Buffer.from('{'))).json<z.infer<typeof reply>>();
        if (name !== 'status') expect(refused?.code).toBe('malformed');
      }
    },
    timeoutMs,
  );

  it(
    `between nodes is ignored: ${payloadCount} payloads`,
    async () => {
      connection = await connectAs('node', '_INBOX');
      const mark = { number: 9, position: 9, state: hash, version: 1 };
      const beat = { generation: 1, epoch: 1, number: 9, hash, mark, role: 'leader', successor: null };
      const rights: Record<string, [schema: z.ZodType, right: fc.JsonValue]> = {
        [subjects.beat]: [
          messages.beatSchema,
          { node: 'n2', ...beat, healthy: true, standsBy: false, fit: true, promised: 1 },
        ],
        [subjects.ack]: [messages.ackSchema, { node: 'n2', generation: 1, number: 9, hash }],
        [subjects.mark]: [messages.noticeSchema, { node: 'n1', generation: 1, epoch: 1, mark }],
        [subjects.promise]: [messages.promiseSchema, { node: 'n2', generation: 1 }],
        [subjects.frames('n1')]: [z.never(), { from: 1, to: 9 }],
        [subjects.position]: [z.never(), 'n2'],
        [inspectorSubjects.interest]: [
          z.never(),
          { by: 'one', watched: ['cluster/u-1', '*'], teller: 'n2', isListing: true, bodies: true },
        ],
        'verbatim.node.banished': [z.never(), { speaker: 'u-0000000000000000' }],
      };
      const runs = Math.ceil(payloadCount / Object.keys(rights).length);
      for (const [subject, [schema, right]] of Object.entries(rights)) {
        // What could be one of theirs is not nonsense: that would be believed.
        const nonsense = payloads([right]).filter((data) => messages.parse(schema, data) === undefined);
        for (const [index, payload] of fc.sample(nonsense, runs).entries()) {
          connection.publish(subject, payload, { reply: '_INBOX.insider' });
          // Nobody answers nonsense; that a node has come to its end a question behind it tells.
          if (index % portion === 0)
            await connection.request(subjects.position, 'nobody', { timeout: 5_000 });
        }
      }
    },
    timeoutMs,
  );
});
