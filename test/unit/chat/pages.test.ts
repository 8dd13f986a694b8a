import { expect, it } from 'vitest';
import { laterThan } from '../../../cli/chat/pages.ts';
import type { SessionView, UserClient } from '../../../src/client/client.ts';
import { messageView } from '../../support/chat-script.ts';

/** A client whose transcripts are these pages, by session and position; its sessions stand in their order. */
function clientOf(
  pages: Record<string, { texts: string[]; next: number | null }>,
  sessions: Partial<SessionView>[],
) {
  const query = async (_: string, { session, after }: { session: string; after: number }) => {
    const { texts = [], next = null } = pages[`${session} ${after}`] ?? {};
    return { messages: texts.map((text, index) => messageView(text, after + index + 1)), next };
  };
  return {
    line: { query },
    async *sessions(other: string | null) {
      yield* other === null
        ? sessions
        : sessions.filter(({ participants = [] }) => participants.includes(other));
    },
  } as unknown as UserClient; // as much of it as is asked
}
const texts = async (...asked: Parameters<typeof laterThan>) =>
  (await laterThan(...asked)).messages.map(({ text }) => text);

it('what follows in a pair is its next session, and no group of the two', async () => {
  const participants = ['alice', 'bob'];
  const client = clientOf(
    { 's-group 0': { texts: ['of the group'], next: null }, 's-2 0': { texts: ['on'], next: null } },
    [
      { session: 's-1', conversation: 's-1', participants },
      { session: 's-group', conversation: 's-group', participants, topic: '' },
      { session: 's-2', conversation: 's-1', participants: ['alice', 'deleted user'] },
    ],
  );
  expect(await texts(client, { session: 's-1', position: 7 })).toEqual(['on']);
  expect(await laterThan(client, { session: 's-2', position: 7 })).toEqual({ messages: [], hasMore: false });
});

it('what was said in a group while one was away is passed over', async () => {
  const pages = { 's-1 5': { texts: [], next: 500 }, 's-1 500': { texts: ['here again'], next: null } };
  const client = clientOf(pages, [
    { session: 's-1', conversation: 's-1', participants: ['alice'], topic: '' },
  ]);
  expect(await texts(client, { session: 's-1', position: 5 })).toEqual(['here again']);
});
