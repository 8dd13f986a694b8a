/** Reaching the broker over NATS. */
import { errors, type NatsConnection } from 'nats';
import { formatIntroduction, type Introduction } from '../protocol/subjects.ts';
import { ClientBus } from '../transport/client-bus.ts';
import { connectTo } from '../transport/connection.ts';
import { InsecureServer, type Security } from '../transport/security.ts';
import { Refused, Unanswered } from './errors.ts';
import type { Link } from './link.ts';

const attemptsMax = 3;
/** The broker refuses after 2 s (`nats.conf`) when no node answered for a client, so only a quick no is a node's own. */
const verdictMs = 1_900;

const notKnownHere =
  'This cluster does not let your log-in in: it was ended, is of another cluster, or is connected too often at once; log in again with `verbatim login NAME`.';

const tooManyGuests =
  'Too many from your network are about to log in at present, or one of them asked for too much; try again a little later.';

function refusedAtBorder({ as }: Introduction): Refused {
  return as === 'guest'
    ? new Refused('slow-down', tooManyGuests)
    : new Refused('not-logged-in', notKnownHere);
}

/**
 * @param servers tried in their order; the first that works is used, and left for the next one when it goes down.
 * @param word of a gateway, that says for whom the connection is.
 */
export function natsLink(servers: readonly string[], security: Security = {}, word?: string) {
  return async (introduction: Introduction, secret: string): Promise<Link> => {
    for (let attempt = 1; ; attempt++) {
      const askedMs = performance.now();
      try {
        return await link({ servers, security, word }, introduction, secret);
      } catch (cause) {
        if (cause instanceof InsecureServer) throw new Refused(cause.code, cause.message);
        if (!(cause instanceof errors.AuthorizationError)) {
          throw new Unanswered(
            'not-sent',
            `no server answers at ${servers.join(', ')}; \`verbatim up\` starts one`,
            { cause },
          );
        }
        const isVerdict = performance.now() - askedMs < verdictMs;
        if (isVerdict) throw refusedAtBorder(introduction);
        if (attempt === attemptsMax) throw new Unanswered('not-sent', 'no node answers', { cause });
      }
    }
  };
}

interface Way {
  readonly servers: readonly string[];
  readonly security: Security;
  readonly word: string | undefined;
}

async function link(
  { servers, security, word }: Way,
  introduction: Introduction,
  secret: string,
): Promise<Link> {
  const speaker = introduction.as === 'user' ? introduction.user : introduction.guest;
  const connection = await connectTo({
    servers,
    security,
    credentials: {
      user: formatIntroduction(introduction),
      pass: secret,
      ...(word === undefined ? {} : { token: word }),
    },
    name: speaker,
    patient: false,
  });
  return Object.assign(new ClientBus(connection, speaker), {
    close: () => connection.close(),
    server: () => connection.getServer(),
    onRefused: (listener: (problem: Error) => void) =>
      void watchBorder(connection, () => listener(refusedAtBorder(introduction))),
  });
}

/** The library would try for ever: whoever was logged out while the connection was lost would never be told. */
async function watchBorder(connection: NatsConnection, refused: () => void): Promise<void> {
  let triedMs = Number.NEGATIVE_INFINITY;
  for await (const status of connection.status()) {
    if (status.type === 'reconnecting') triedMs = performance.now();
    const isNo = status.type === 'error' && status.error instanceof errors.AuthorizationError;
    if (isNo && performance.now() - triedMs < verdictMs) return refused();
  }
}
