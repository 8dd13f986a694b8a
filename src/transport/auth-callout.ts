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
import { claimsOf, type Limits, type Signer } from './permits.ts';

const CALLOUT_SUBJECT = '$SYS.REQ.USER.AUTH';
/** Nodes tell one another here which questions have their answer. */
const ANSWERED_SUBJECT = 'verbatim.border.answered';
/** The account in `nats.conf` that clients are placed in. */
const CLIENT_ACCOUNT = 'APP';

/** A client has its inbox, its pushes and who leads; a request is at most `limits.requestBytesMax`, with room for a refusal. */
export const connectionLimits: Limits = { subscriptions: 8, payloadBytes: 320 * 1024 };
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
    .object({ user: z.string().max(64).optional(), pass: z.string().max(128).optional() })
    .optional(),
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
export interface Arrival {
  readonly introduction: Introduction;
  /** Their address. */
  readonly host: string;
  readonly place: Place;
}

/** Whether the secret opens what the introduction claims; undefined when this node cannot tell (it is behind). */
export type Judge = (introduction: Introduction, secret: string) => Promise<Verdict | undefined>;

export interface Answering {
  readonly clock: Clock;
  readonly signer: Signer;
  readonly judge: Judge;
  /** Told of all, whoever answers. @returns how long they have to wait; undefined: they get no answer. */
  arrived(arrival: Arrival): number | undefined;
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
      const reply = async () => {
        const { user_nkey: asked, server_id: server } = question;
        const delayMs = delayOf(question, answering);
        if (delayMs === undefined) return;
        if (delayMs > 0) await delay(clock, delayMs);
        if (answered.has(asked)) return;
        const verdict = await decideAbout(question, answering);
        if (verdict === undefined || answered.has(asked)) return; // another may have caught up further
        connection.publish(ANSWERED_SUBJECT, asked);
        if ('error' in verdict) await delay(clock, refusedAfterMs);
        message.respond(answering.signer.answer(asked, server.id, verdict));
      };
      reply().catch(() => undefined); // the store or the connection was closed meanwhile: another node answers
    },
  });
}

/** @returns undefined: it is not answered. */
function delayOf(question: Question, { arrived, turn }: Answering): number | undefined {
  const { client_info: client, server_id: server, user_nkey: asked } = question;
  const introduction = parseIntroduction(question.connect_opts?.user ?? '');
  const place = { server: server.id, cid: client.id };
  const waitMs = introduction ? arrived({ introduction, host: client.host, place }) : 0;
  return waitMs === undefined ? undefined : waitMs + turn(asked) * turnMs;
}

function readQuestion(message: Msg): Question | undefined {
  try {
    const claims = claimsOf(message.string()) as { nats?: unknown } | null;
    return questionSchema.safeParse(claims?.nats).data;
  } catch {
    return undefined;
  }
}

async function decideAbout(
  { connect_opts: given, user_nkey: connection }: Question,
  { judge, signer }: Answering,
): Promise<{ jwt: string } | { error: string } | undefined> {
  const introduction = parseIntroduction(given?.user ?? '');
  if (!introduction) return { error: 'not a Verbatim client' };
  const verdict = await judge(introduction, given?.pass ?? '');
  if (!verdict?.isAdmitted) return verdict && { error: 'not logged in' };
  const { name, expires } = verdict;
  const permissions =
    introduction.as === 'guest' ? guestPermissions(introduction.guest) : userPermissions(introduction.user);
  const account = CLIENT_ACCOUNT;
  return {
    jwt: signer.permit({ connection, name, account, permissions, limits: connectionLimits, expires }),
  };
}
