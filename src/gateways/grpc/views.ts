/** What clients are shown, as the `.proto` files have it. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Answer, ItemView, MessageView, SessionView } from '../../client/client.ts';
import type { SessionSchema } from './generated/verbatim/v1/chat_pb.js';
import {
  EntryKind,
  type ItemSchema,
  type MessageSchema,
  type Outgoing,
  type ReceiptSchema,
} from './generated/verbatim/v1/types_pb.js';

const kinds: Readonly<Record<ItemView['kind'], EntryKind>> = {
  message: EntryKind.MESSAGE,
  returned: EntryKind.MESSAGE,
  opened: EntryKind.OPENED,
  joined: EntryKind.JOINED,
  left: EntryKind.LEFT,
  topic: EntryKind.TOPIC,
};

export function messageFrom(
  view: Omit<MessageView, 'kind'> & Pick<ItemView, 'kind'>,
): MessageInitShape<typeof MessageSchema> {
  const { id, session, conversation, from, text, members = [] } = view;
  const [kind, at, position] = [kinds[view.kind], timestampFromMs(view.at), BigInt(view.position)];
  return { id, session, conversation, kind, from, text, members, at, position };
}

export function itemFrom(view: ItemView): MessageInitShape<typeof ItemSchema> {
  return { message: messageFrom(view), place: BigInt(view.item), returned: view.kind === 'returned' };
}

export function receiptFrom(answer: Answer): MessageInitShape<typeof ReceiptSchema> {
  const { id, session = '', position = 0, at = 0, duplicate = false } = answer;
  return { id, session, position: BigInt(position), at: timestampFromMs(at), duplicate };
}

export function sessionFrom(view: SessionView): MessageInitShape<typeof SessionSchema> {
  const { openedAt, lastAt, messages, topic = '', ...same } = view;
  return {
    ...same,
    topic,
    messages: BigInt(messages),
    openedAt: timestampFromMs(openedAt),
    lastAt: timestampFromMs(lastAt),
  };
}

/** To whom it is, as the client has it. An empty addressee is refused like any other that nobody has. */
export function addresseeOf({ addressee }: Outgoing): string | { readonly session: string } {
  return addressee.case === 'session' ? { session: addressee.value } : (addressee.value ?? '');
}

/** Left out where it is empty: what comes without an id gets one. */
export function idIn(id: string): { readonly id?: string } {
  return id === '' ? {} : { id };
}
