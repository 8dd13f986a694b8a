/** Whose answers hold what: a conversation is its own people's, a group's for as long as somebody is in it (P9). */
import { expect, it, vi } from 'vitest';
import type { QueryName, QueryRequest } from '../../../src/protocol/queries.ts';
import { readerOf } from '../../support/reading.ts';
import { World } from '../../support/world.ts';

const page = { before: null, limit: 50 } as const;

/** Alice and Bob have a group; Carol joins late, Dave leaves early; Mallory was never there. */
function lives() {
  const world = new World();
  const [alice, bob, carol, dave, mallory] = ['Alice', 'Bob', 'Carol', 'Dave', 'Mallory'].map((name) =>
    world.register(name),
  ) as [string, string, string, string, string];
  const say = (from: string, text: string) => {
    world.wait(1);
    world.tell(from, { type: 'PostMessage', session: group, text });
  };
  world.tell(alice, { type: 'OpenGroup', members: ['Bob', 'Dave'], topic: 'tea' });
  const group = (world.stored.at(-1)!.event.data as { session: string }).session;
  world.tell(bob, { type: 'ComeOnline' });
  say(alice, 'early secret');
  world.tell(dave, { type: 'LeaveGroup', session: group });
  world.tell(bob, { type: 'GoOffline' });
  world.tell(alice, { type: 'Invite', session: group, name: 'Carol' });
  world.tell(alice, { type: 'SetTopic', session: group, topic: 'plans' });
  world.tell(bob, { type: 'ComeOnline' });
  say(alice, 'late secret');
  return { world, alice, bob, carol, dave, mallory, group, say };
}

it('a stranger is refused everything that is asked about a session', async () => {
  const { world, alice, mallory, group } = lives();
  world.post(alice, 'Bob', 'ours');
  const pair = (world.stored.at(-1)!.event.data as { session: string }).session;
  const { ask } = await readerOf(world);
  for (const session of [group, pair, 's-none']) {
    const about: { [Q in QueryName]?: QueryRequest<Q> } = {
      transcript: { session, after: 0, limit: 10 },
      conversation: { conversation: session },
      messages: { conversation: session, ...page },
      search: { conversation: session, text: 's', ...page },
      receipts: { conversation: session },
      passages: { session, name: 'Bob', ...page },
    };
    for (const [query, request] of Object.entries(about))
      expect([query, await ask(mallory, query as QueryName, request)]).toEqual([
        query,
        expect.objectContaining({ code: 'unknown-session' }),
      ]);
  }
  expect(await ask(mallory, 'search', { conversation: null, text: 'e', ...page })).toMatchObject({
    messages: [],
  });
  const before = { session: group, position: 1_000 };
  expect(await ask(mallory, 'search', { conversation: null, text: 'e', before, limit: 9 })).toMatchObject({
    messages: [],
  });
});

it('who left sees what was there until then, who came later what came from then on', async () => {
  const { world, carol, dave, group } = lives();
  const { ask } = await readerOf(world);
  const texts = async (user: string) => {
    const found = [
      await ask(user, 'messages', { conversation: group, ...page }),
      await ask(user, 'search', { conversation: group, text: 'SECRET', ...page }),
      await ask(user, 'transcript', { session: group, after: 0, limit: 50 }),
    ];
    return found.map((answer) =>
      'messages' in answer
        ? answer.messages.filter(({ kind }) => kind === 'message').map(({ text }) => text)
        : [answer],
    );
  };
  expect(await texts(dave)).toEqual([['early secret'], ['early secret'], ['early secret']]);
  expect(await texts(carol)).toEqual([['late secret'], ['late secret'], ['late secret']]);
});

it('who left is not told who came since, what it is about now, or that more was said', async () => {
  const { world, bob, dave, group } = lives();
  const { ask } = await readerOf(world);
  expect(await ask(dave, 'conversation', { conversation: group })).toMatchObject({
    topic: 'tea',
    others: [{ name: 'Alice' }, { name: 'Bob' }],
    isOpen: false,
    last: { text: 'early secret' },
  });
  expect(await ask(dave, 'receipts', { conversation: group })).toMatchObject({
    receipts: [{ name: 'Alice' }, { name: 'Bob' }],
  });
  const { sessions } = (await ask(dave, 'sessions', { with: null, after: 0, limit: 9 })) as never;
  expect(sessions).toMatchObject([{ participants: ['Alice', 'Bob'], topic: 'tea', messages: 1 }]);
  const kinds = async (user: string) => {
    const answer = await ask(user, 'passages', { session: group, name: 'Bob', ...page });
    return 'passages' in answer ? answer.passages.map(({ kind }) => kind) : answer;
  };
  expect(await kinds(dave)).toEqual(['came']);
  expect(await kinds(bob)).toEqual(['came', 'went', 'came']);
});

it('comings and goings of before somebody was in the group are nobody’s business', async () => {
  const { world, alice, carol, dave, group, say } = lives();
  world.tell(carol, { type: 'ComeOnline' });
  say(alice, 'more');
  world.tell(dave, { type: 'ComeOnline' });
  world.tell(alice, { type: 'Invite', session: group, name: 'Dave' });
  say(alice, 'still more');
  const { ask } = await readerOf(world);
  expect(await ask(alice, 'passages', { session: group, name: 'Dave', ...page })).toEqual({
    passages: [],
    next: null,
  });
  expect(await ask(alice, 'passages', { session: group, name: 'Carol', ...page })).toMatchObject({
    passages: [{ kind: 'came' }],
  });
});

it('a receipt says from where on it counts', async () => {
  const { world, alice, group } = lives();
  const joined = world.stored.find(({ event }) => event.type === 'MemberJoined')!.position;
  const { ask } = await readerOf(world);
  const answer = await ask(alice, 'receipts', { conversation: group });
  expect(answer).toMatchObject({ receipts: [{ name: 'Bob' }, { name: 'Carol', since: joined }] });
});

it('however much was said after somebody left, looking back begins where they left', async () => {
  const { world, alice, dave, group, say } = lives();
  for (let index = 0; index < 300; index++) say(alice, 'and so on');
  const { ask, store } = await readerOf(world);
  expect(await ask(dave, 'transcript', { session: group, after: 0, limit: 20 })).toMatchObject({
    next: null,
  });
  const looks = vi.spyOn(store, 'rangeRows');
  const answer = await ask(dave, 'messages', { conversation: group, before: null, limit: 2 });
  expect(answer).toMatchObject({ messages: [{ kind: 'left' }, { text: 'early secret' }] });
  expect(looks).toHaveBeenCalledTimes(1);
});
