/**
 * The border: nats-server asks a node who may connect, and as what.
 *
 * Every node hears every question, so people can log in while there is no leader, and while a node is there but does not
 * run: whose turn it is answers at once, each of the others only when it has heard no answer for a while longer. The answer
 * is a signed permit that names the guest's or user's own subjects and nothing else. Two answers to one question would do
 * no harm (the server takes the first), but many at once would hold up the connections they came on.
 */
import type { Msg, NatsConnection } from 'nats';
import { z } from 'zod';
import { type Clock, delay } from '../ports/clock.ts';
import {
  guestPermissions,
  type Introduction,
  parseIntroduction,
  userPermissions,
} from '../protocol/subjects.ts';
import { originOf } from './origin.ts';
import { claimsOf, type Limits, type Signer } from './permits.ts';

const CALLOUT_SUBJECT = '$SYS.REQ.USER.AUTH';
/** Nodes tell one another here which questions have their answer. */
const ANSWERED_SUBJECT = 'verbatim.border.answered';
/** The account in `nats.conf` that clients are placed in. */
const CLIENT_ACCOUNT = 'APP';

/**
 * A client has its inbox, its answers, its pushes, what is only live, who leads and whether an inspector looks, and one to
 * spare; a request is at most `limits.requestBytesMax`, with room for a refusal.
 */
export const connectionLimits: Limits = { subscriptions: 7, payloadBytes: 320 * 1024 };
/** Much longer than an answer takes, and several fit into the server's patience of 2 s. */
const turnMs = 150;
/** Questions that were answered lately: none is open for longer than the server's patience. */
const rememberedMs = 3_000;
/** Whoever is refused and comes again at once has to wait each time; the server's patience is longer. */
const refusedAfterMs = 500;

const questionSchema = z.object({
  user_nkey: z.string().max(64),
  server_id: z.object({ id: z.string().max(64) }),
  client_info: z.object({ id: z.int(), host: z.string().max(64) }),
  connect_opts: z
    .object({
      user: z.string().max(64).optional(),
      pass: z.string().max(128).optional(),
      auth_token: z.string().max(256).optional(),
    })
    .optional()
    .catch({}), // whoever says more than we understand is nobody, and hears so
});
type Question = z.infer<typeof questionSchema>;

export type Verdict =
  | { readonly isAdmitted: false }
  | {
      readonly isAdmitted: true;
      /** What the connection is found by when it is to be ended. */
      readonly name: string;
      /** Seconds since 1970 when it ends by itself. */
      readonly expires?: number;
    };

/** A connection, by the server that has it. */
export interface Place {
  readonly server: string;
  readonly cid: number;
}

/** Somebody asks to be let in; who they say they are is not judged yet. */
export interface Visitor {
  readonly introduction: Introduction;
  /** The network that they come from. */
  readonly origin: string;
  readonly place: Place;
}

/** Whether the secret opens what the introduction claims; undefined when this node cannot tell (it is behind). */
export type Judge = (visitor: Visitor, secret: string) => Promise<Verdict | undefined>;

export interface Answering {
  readonly clock: Clock;
  readonly signer: Signer;
  /** That of gateways, who say for whom they connect. */
  readonly gatewayPassword: string | undefined;
  readonly judge: Judge;
  /** Told of all, whoever answers. @returns how long they have to wait; undefined: they get no answer. */
  arrived(visitor: Visitor): number | undefined;
  /** How many other nodes come before this one for that question. */
  turn(question: string): number;
}

/** @param node its id: of its connections to several servers one hears a question. */
export function answerCallouts(connection: NatsConnection, node: string, answering: Answering): void {
  const answered = new Set<string>();
  const { clock } = answering;
  const note = (question: string) => {
    answered.add(question);
    clock.setTimeout(() => answered.delete(question), rememberedMs);
  };
  connection.subscribe(ANSWERED_SUBJECT, {
    callback: (error, message) => {
      if (!error) note(message.string());
    },
  });
  connection.subscribe(CALLOUT_SUBJECT, {
    queue: node,
    callback: (error, message) => {
      if (error) return;
      const question = readQuestion(message);
      if (!question) return; // not a server's: nothing to answer
      const visitor = visitorIn(question, answering.gatewayPassword);
      const doorMs = visitor ? answering.arrived(visitor) : 0;
      if (doorMs === undefined) return;
      const reply = async () => {
        const { user_nkey: asked, server_id: server } = question;
        const delayMs = doorMs + answering.turn(asked) * turnMs;
        if (delayMs > 0) await delay(clock, delayMs);
        if (answered.has(asked)) return;
        const verdict = await decideAbout(question, visitor, answering);
        if (verdict === undefined || answered.has(asked)) return; // another may have caught up further
        connection.publish(ANSWERED_SUBJECT, asked);
        if ('error' in verdict) await delay(clock, refusedAfterMs);
        message.respond(answering.signer.answer(asked, server.id, verdict));
      };
      reply().catch(() => undefined); // the store or the connection was closed meanwhile: another node answers
    },
  });
}

function readQuestion(message: Msg): Question | undefined {
  try {
    const claims = claimsOf(message.string()) as { nats?: unknown } | null;
    return questionSchema.safeParse(claims?.nats).data;
  } catch {
    return undefined;
  }
}

/** Undefined for whoever is no client of Verbatim's, nor a gateway's. */
function visitorIn(
  { connect_opts: given, client_info: from, server_id: server }: Question,
  gatewayPassword: string | undefined,
): Visitor | undefined {
  const introduction = parseIntroduction(given?.user ?? '');
  const origin = originOf(from.host, given?.auth_token, gatewayPassword);
  if (!introduction || origin === undefined) return undefined;
  return { introduction, origin, place: { server: server.id, cid: from.id } };
}

async function decideAbout(
  { connect_opts: given, user_nkey: connection }: Question,
  visitor: Visitor | undefined,
  { judge, signer }: Answering,
): Promise<{ jwt: string } | { error: string } | undefined> {
  if (!visitor) return { error: 'not a Verbatim client' };
  const verdict = await judge(visitor, given?.pass ?? '');
  if (!verdict?.isAdmitted) return verdict && { error: 'not logged in' };
  const { name, expires } = verdict;
  const { introduction } = visitor;
  const permissions =
    introduction.as === 'guest' ? guestPermissions(introduction.guest) : userPermissions(introduction.user);
  const account = CLIENT_ACCOUNT;
  return {
    jwt: signer.permit({ connection, name, account, permissions, limits: connectionLimits, expires }),
  };
}
