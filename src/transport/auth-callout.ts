/**
 * The border: nats-server asks a node who may connect, and as what.
 *
 * Every node answers (a queue group spreads the questions), so people can log in while there is no leader. The answer
 * is a signed user JWT whose permissions name the guest's or user's own subjects and nothing else.
 */
import { decode, encodeAuthorizationResponse, encodeUser } from '@nats-io/jwt';
import { fromSeed } from '@nats-io/nkeys';
import type { Msg, NatsConnection } from 'nats';
import { z } from 'zod';
import {
  guestPermissions,
  type Introduction,
  parseIntroduction,
  userPermissions,
} from '../protocol/subjects.ts';

const CALLOUT_SUBJECT = '$SYS.REQ.USER.AUTH';
/** The account in `nats.conf` that clients are placed in. */
const CLIENT_ACCOUNT = 'APP';

const requestSchema = z.object({
  user_nkey: z.string(),
  server_id: z.object({ id: z.string() }),
  connect_opts: z
    .object({ user: z.string().max(64).optional(), pass: z.string().max(128).optional() })
    .optional(),
});
type AuthorizationRequest = z.infer<typeof requestSchema>;

/** Whether the secret opens what the introduction claims; undefined when this node cannot tell (it is behind). */
export type Judge = (introduction: Introduction, secret: string) => Promise<boolean | undefined>;

/** @param seed of the account key that `nats.conf` names as the callout's issuer. */
export function answerCallouts(connection: NatsConnection, seed: string, judge: Judge): { stop(): void } {
  const issuer = fromSeed(new TextEncoder().encode(seed));
  const answer = async (message: Msg) => {
    const request = requestSchema.parse(decode(message.string()).nats);
    const data = await decideAbout(request, judge, (introduction) =>
      encodeUser(introduction.as, request.user_nkey, issuer, permissionsFor(introduction), {
        aud: CLIENT_ACCOUNT,
      }),
    );
    if (!data) return; // no answer: the client tries again and may find a node that has caught up
    const { user_nkey: user, server_id: server } = request;
    message.respond(await encodeAuthorizationResponse(user, server.id, issuer, data, { aud: server.id }));
  };
  const subscription = connection.subscribe(CALLOUT_SUBJECT, {
    queue: 'verbatim',
    callback: (error, message) => {
      if (!error) answer(message).catch(() => undefined); // not a request of a server's: nothing to answer
    },
  });
  return { stop: () => subscription.unsubscribe() };
}

async function decideAbout(
  { connect_opts: given }: AuthorizationRequest,
  judge: Judge,
  issue: (introduction: Introduction) => Promise<string>,
): Promise<{ jwt: string } | { error: string } | undefined> {
  const introduction = parseIntroduction(given?.user ?? '');
  if (!introduction) return { error: 'not a Verbatim client' };
  const verdict = await judge(introduction, given?.pass ?? '');
  if (verdict === undefined) return undefined;
  return verdict ? { jwt: await issue(introduction) } : { error: 'not logged in' };
}

function permissionsFor(introduction: Introduction) {
  const { publish, subscribe } =
    introduction.as === 'guest' ? guestPermissions(introduction.guest) : userPermissions(introduction.user);
  return { pub: { allow: publish }, sub: { allow: subscribe } };
}
