/** Rows and events turned into what clients are shown. */

import type { Rows } from '../projections/rows.ts';
import { isSessionEvent } from '../projections/sessions.ts';
import type { StoredEvent } from '../projections/stored.ts';
import { users } from '../projections/tables.ts';
import type { MessageView } from '../protocol/views.ts';
import { conversationOf } from './belonging.ts';

const DELETED_USER = 'deleted user';

export function nameOf(rows: Rows, user: string): string {
  return users.get(rows, user)?.name || DELETED_USER;
}

/** Undefined for events that are no messages, and tell of nobody who came or went. */
export function viewMessage(rows: Rows, { event, position }: StoredEvent): MessageView | undefined {
  if (!isSessionEvent(event)) return undefined;
  const { session } = event.data;
  const place = { session, conversation: conversationOf(rows, session), at: event.at, position };
  const id = event.cause?.id ?? '';
  const named = (user: string) => nameOf(rows, user);
  switch (event.type) {
    case 'MessagePosted':
      return { id, from: named(event.data.from), text: event.data.text, kind: 'message', ...place };
    case 'GroupOpened': {
      const { by, topic, participants } = event.data;
      const members = participants.map(named).sort(); // ids are in no order that means anything
      return { id, from: named(by), text: topic, kind: 'opened', members, ...place };
    }
    case 'MemberJoined': {
      const { by, member } = event.data;
      return { id, from: named(by), text: '', kind: 'joined', members: [named(member)], ...place };
    }
    case 'MemberLeft':
      return { id, from: named(event.data.member), text: '', kind: 'left', ...place };
    case 'TopicSet':
      return { id, from: named(event.data.by), text: event.data.topic, kind: 'topic', ...place };
    default:
      return undefined;
  }
}
