/** Reaching the broker over NATS. */
import { errors } from 'nats';
import { formatIntroduction, clientSubjects, type Introduction } from '../protocol/subjects.ts';
import { connectTo } from '../transport/connection.ts';
import { NatsBus } from '../transport/nats-bus.ts';
import { Refused } from './errors.ts';
import type { Link } from './line.ts';

/** @param servers tried in their order; the first that works is used, and left for the next one when it goes down. */
export function natsLink(servers: readonly string[]) {
  return async (introduction: Introduction, secret: string): Promise<Link> => {
    const speaker = introduction.as === 'user' ? introduction.user : introduction.guest;
    try {
      const connection = await connectTo({
        servers,
        credentials: { user: formatIntroduction(introduction), pass: secret },
        name: speaker,
        inboxPrefix: clientSubjects.inboxPrefix(speaker),
        patient: false,
      });
      return Object.assign(new NatsBus(connection), { close: () => connection.close() });
    } catch (error) {
      if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
        throw new Refused('not-logged-in', 'You are not logged in; run `verbatim login NAME` first.');
      }
      throw error;
    }
  };
}
