/** Parts of a conversation, fetched from the log: back from the end, and forward again. */
import type { MessageView, UserClient } from '../../src/client/client.ts';
import type { Cursor, Page } from '../../src/client/conversations.ts';

export interface Part {
  /** Oldest first. */
  readonly messages: readonly MessageView[];
  /** In the direction of the walk. */
  readonly hasMore: boolean;
}

const pageSize = 100;

/** Before a message, or the end where there is none. */
export async function earlierThan(
  { conversations }: UserClient,
  conversation: string,
  before: Cursor | null,
): Promise<Part> {
  const { messages, next } = await conversations.messages(conversation, { before, limit: pageSize });
  return { messages: messages.toReversed(), hasMore: next !== null };
}

/** After a message: in its session, or in the conversation's next one. */
export async function laterThan(client: UserClient, { session, position }: Cursor): Promise<Part> {
  const pageAt = (at: Cursor) =>
    client.line.query('transcript', { session: at.session, after: at.position, limit: pageSize });
  let place: Cursor | undefined = { session, position };
  while (place) {
    const here: Awaited<ReturnType<typeof pageAt>> = await pageAt(place);
    if (here.messages.length > 0) return { messages: here.messages, hasMore: true };
    if (here.next === null) place = await sessionAfter(client, place.session);
    else place = { session: place.session, position: here.next }; // somebody was away from the group then
  }
  return { messages: [], hasMore: false };
}

/** What a search finds, part by part of what is searched, newest first within a session. @param conversation null: all. */
export async function* searched(
  { conversations }: UserClient,
  text: string,
  conversation: string | null,
  timeoutMs?: number,
): AsyncGenerator<Page> {
  let before: Cursor | null = null;
  do {
    const part = { before, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const page: Page = await conversations.search(text, conversation, part);
    yield page;
    before = page.next;
  } while (before !== null);
}

/** The beginning of the conversation's next session. */
async function sessionAfter(client: UserClient, session: string): Promise<Cursor | undefined> {
  let before: string | undefined;
  for await (const one of client.sessions(null)) {
    if (one.session === session) before = one.conversation;
    else if (one.conversation === before) return { session: one.session, position: 0 };
  }
  return undefined;
}
