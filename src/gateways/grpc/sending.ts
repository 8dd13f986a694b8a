/** What is said: one message, many, and what groups need. */

import type { UserClient } from '../../client/client.ts';
import { Refused } from '../../client/errors.ts';
import { failureOf } from '../failure.ts';
import type { Call } from './call.ts';
import type { ChatService } from './generated/verbatim/v1/chat_pb.js';
import type { Outgoing } from './generated/verbatim/v1/types_pb.js';
import type { Handlers } from './service.ts';
import { Slots } from './slots.ts';
import { reasonOf } from './status.ts';
import { addresseeOf, idIn, receiptFrom } from './views.ts';

type Sending = 'send' | 'sendMany' | 'openGroup' | 'invite' | 'leaveGroup' | 'setTopic';

/** As many as the client's outbox makes a batch of. */
export const underWayMax = 64;
const refusalsToldMax = 100;

export const sending: Pick<Handlers<typeof ChatService>, Sending> = {
  async send({ message }, call) {
    const user = await call.user();
    return { receipt: receiptFrom(await post(user, message, { timeoutMs: call.leftMs() })) };
  },

  /** A failover is waited for, as long as the call has time; one that is refused spoils no other. */
  async sendMany(requests, call) {
    const user = await call.user();
    const slots = new Slots(underWayMax, call);
    const summary = {
      accepted: 0n,
      duplicates: 0n,
      refused: 0n,
      lastPosition: 0n,
      refusals: [] as RefusedOne[],
    };
    let index = 0n;
    for await (const { message } of requests) {
      const at = index++;
      await slots.run(async () => {
        try {
          const { duplicate, position = 0 } = await post(user, message, {});
          summary.accepted++;
          if (duplicate) summary.duplicates++;
          if (position > summary.lastPosition) summary.lastPosition = BigInt(position);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          summary.refused++;
          if (summary.refusals.length < refusalsToldMax)
            summary.refusals.push({ index: at, id: message?.id ?? '', problem: problemFrom(error) });
        }
      });
    }
    await slots.empty();
    return summary;
  },

  async openGroup({ members, topic, id }, call) {
    const { conversations } = await call.user();
    return { receipt: receiptFrom(await conversations.openGroup(members, topic, asking(id, call))) };
  },

  async invite({ session, name, id }, call) {
    const { conversations } = await call.user();
    return { receipt: receiptFrom(await conversations.invite(session, name, asking(id, call))) };
  },

  async leaveGroup({ session, id }, call) {
    const { conversations } = await call.user();
    return { receipt: receiptFrom(await conversations.leave(session, asking(id, call))) };
  },

  async setTopic({ session, topic, id }, call) {
    const { conversations } = await call.user();
    return { receipt: receiptFrom(await conversations.setTopic(session, topic, asking(id, call))) };
  },
};

interface RefusedOne {
  readonly index: bigint;
  readonly id: string;
  readonly problem: { readonly reason: string; readonly message: string };
}

/** @throws {Refused}, {Unanswered}. */
export async function post(user: UserClient, message: Outgoing | undefined, options: { timeoutMs?: number }) {
  if (!message) throw new Refused('malformed', 'There is no message in that request.');
  return await user.send(addresseeOf(message), message.text, { ...idIn(message.id), ...options });
}

export function problemFrom(refused: Refused): { readonly reason: string; readonly message: string } {
  const { code, message } = failureOf(refused, () => undefined);
  return { reason: reasonOf(code), message };
}

function asking(id: string, call: Call): { readonly id?: string; readonly timeoutMs: number } {
  return { ...idIn(id), timeoutMs: call.leftMs() };
}
