/** Reaching the broker over NATS. */
import { errors } from 'nats';
import { refusals } from '../events/refusals.ts';
import { formatIntroduction, clientSubjects, type Introduction } from '../protocol/subjects.ts';
import { connectTo } from '../transport/connection.ts';
import { NatsBus } from '../transport/nats-bus.ts';
import { Refused } from './errors.ts';
import type { Link } from './line.ts';

/** A node that is behind or hangs does not answer for a token, and the broker takes that for a no: another may know. */
const attemptsMax = 3;

/** @param servers tried in their order; the first that works is used, and left for the next one when it goes down. */
export function natsLink(servers: readonly string[]) {
  return async (introduction: Introduction, secret: string): Promise<Link> => {
    const speaker = introduction.as === 'user' ? introduction.user : introduction.guest;
    const options = {
      servers,
      credentials: { user: formatIntroduction(introduction), pass: secret },
      name: speaker,
      inboxPrefix: clientSubjects.inboxPrefix(speaker),
      patient: false,
    };
    for (let attempt = 1; ; attempt++) {
      try {
        const connection = await connectTo(options);
        return Object.assign(new NatsBus(connection), { close: () => connection.close() });
      } catch (error) {
        if (!(error instanceof errors.AuthorizationError)) throw error;
        if (attempt === attemptsMax) throw new Refused('not-logged-in', refusals['not-logged-in']);
      }
    }
  };
}
