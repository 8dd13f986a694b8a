/**
 * The queue, delivered on a stream, and the stream that goes both ways.
 *
 * An item is delivered when whoever reads the stream says so, or when it was written, as the call asks. Until HTTP/2 took
 * an item, and while too many are not taken, the next one is not asked for: a far end that does not read leaves its queue
 * where it is kept, and costs no more memory here.
 */

import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ItemView, UserClient } from '../../client/client.ts';
import { Refused } from '../../client/errors.ts';
import type { Call } from './call.ts';
import {
  type ChatResponseSchema,
  type ChatService,
  Delivery,
  type FollowInboxResponseSchema,
} from './generated/verbatim/v1/chat_pb.js';
import type { Outgoing } from './generated/verbatim/v1/types_pb.js';
import { post, problemFrom, underWayMax } from './sending.ts';
import type { Handlers, Write } from './service.ts';
import { Slots } from './slots.ts';
import { itemFrom, receiptFrom } from './views.ts';
import { Window } from './window.ts';

const untakenMax = 256;
const idLengthMax = 64;

export const inbox: Pick<Handlers<typeof ChatService>, 'followInbox' | 'takeItems' | 'chat'> = {
  async followInbox({ delivery }, call, write) {
    const user = await call.ownUser();
    const tell = (event: Told) => write({ event });
    if (delivery === Delivery.WRITTEN) {
      await follow(user, call, tell, 'shown', async () => undefined);
      return await call.cancelled();
    }
    const window = new Window(untakenMax);
    const taking = call.connection.addTaker(call.token, window);
    try {
      await follow(user, call, tell, 'taken', ({ item }) => window.enter(item, call.signal));
      await call.cancelled();
    } finally {
      taking.stop();
    }
  },

  async takeItems({ upTo }, call) {
    const user = await call.user();
    const place = Number(upTo);
    try {
      await user.line.command({ type: 'MarkShown', upTo: place }, { timeoutMs: call.leftMs() });
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'nothing-new')) throw error;
    }
    call.connection.taken(call.token, place);
    return {};
  },

  async chat(requests, call, write) {
    const user = await call.ownUser();
    const window = new Window(untakenMax);
    const slots = new Slots(underWayMax, call);
    const typing = tellTyping(user, write);
    const tell = (event: Told) => write({ event });
    await follow(user, call, tell, 'taken', ({ item }) => window.enter(item, call.signal));
    for await (const { event } of requests) {
      switch (event.case) {
        case 'send':
          await slots.run(() => answerPost(user, event.value, write));
          break;
        case 'taken':
          window.taken(Number(event.value));
          user.taken(Number(event.value));
          break;
        case 'typing':
          if (event.value.length <= idLengthMax) user.conversations.typing(event.value);
          break;
        default:
          throw new Refused('malformed', 'That request says nothing that this version knows.');
      }
    }
    await slots.empty();
    typing.stop();
  },
};

/** What the streams of both calls say. */
type Told = Extract<
  NonNullable<MessageInitShape<typeof FollowInboxResponseSchema>['event']>,
  { case: 'following' | 'item' }
>;

/** Resolves when the user is online; items come from then on. @param enter resolves when the next may be passed on. */
async function follow(
  user: UserClient,
  { signal }: Call,
  tell: (event: Told) => Promise<void>,
  delivers: 'shown' | 'taken',
  enter: (item: ItemView) => Promise<void>,
): Promise<void> {
  const { shown } = await user.whoAmI();
  await tell({ case: 'following', value: { place: BigInt(shown) } });
  const show = async (item: ItemView) => {
    await enter(item);
    await tell({ case: 'item', value: itemFrom(item) });
  };
  await user.follow(show, delivers);
  signal.throwIfAborted();
}

async function answerPost(
  user: UserClient,
  message: Outgoing,
  write: Write<typeof ChatResponseSchema>,
): Promise<void> {
  if (message.id === '')
    throw new Refused('malformed', 'On a Chat each message needs an id: its answer is known by it.');
  try {
    const answer = await post(user, message, {});
    await write({ event: { case: 'accepted', value: receiptFrom(answer) } });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await write({ event: { case: 'refused', value: { id: message.id, problem: problemFrom(error) } } });
  }
}

/** Whoever does not read is not told of each: only one is under way. */
function tellTyping(user: UserClient, write: Write<typeof ChatResponseSchema>): { stop(): void } {
  let isUnderWay = false;
  return user.conversations.listen((notice) => {
    if (notice.type !== 'typing' || isUnderWay) return;
    isUnderWay = true;
    const { conversation, from } = notice;
    write({ event: { case: 'typing', value: { conversation, from } } }).then(
      () => {
        isUnderWay = false;
      },
      () => undefined, // the call is over
    );
  });
}
