/** Rows and events turned into what clients are shown. */

import type { Rows } from '../projections/rows.ts';
import type { StoredEvent } from '../projections/stored.ts';
import { users } from '../projections/tables.ts';
import type { MessageView } from '../protocol/views.ts';

const DELETED_USER = 'deleted user';

export function nameOf(rows: Rows, user: string): string {
  return users.get(rows, user)?.name || DELETED_USER;
}

/** Undefined for events that are no messages. */
export function viewMessage(rows: Rows, { event, position }: StoredEvent): MessageView | undefined {
  if (event.type !== 'MessagePosted') return undefined;
  const { session, from, text } = event.data;
  return { id: event.cause?.id ?? '', session, from: nameOf(rows, from), text, at: event.at, position };
}
