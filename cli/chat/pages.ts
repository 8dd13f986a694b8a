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

/** After a message: in its session, or in the pair's next one. `partner` is undefined for groups, which have but one. */
export async function laterThan(
  client: UserClient,
  { session, position }: Cursor,
  partner: string | undefined,
): Promise<Part> {
  const here = await client.line.query('transcript', { session, after: position, limit: pageSize });
  if (here.messages.length > 0 || partner === undefined)
    return { messages: here.messages, hasMore: here.messages.length > 0 };
  const next = await sessionAfter(client, session, partner);
  if (next === undefined) return { messages: [], hasMore: false };
  const there = await client.line.query('transcript', { session: next, after: 0, limit: pageSize });
  return { messages: there.messages, hasMore: there.messages.length > 0 };
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

async function sessionAfter(
  client: UserClient,
  session: string,
  partner: string,
): Promise<string | undefined> {
  let isNext = false;
  for await (const one of client.sessions(partner)) {
    if (isNext) return one.session;
    isNext = one.session === session;
  }
  return undefined;
}
