/** Groups, and what there is to know about conversations, on a real cluster: what pairs are promised, groups are. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../cli/collect.ts';
import type { LiveNotice, MessageView } from '../../src/client/conversations.ts';
import { Refused } from '../../src/client/errors.ts';
import { TestCluster } from '../support/cluster.ts';
import { type SdkUser, sdkUser } from '../support/sdk.ts';

const timeoutMs = 60_000;
let cluster: TestCluster;
let alice: SdkUser;
let bob: SdkUser;
let carol: SdkUser;
let mallory: SdkUser;

beforeAll(async () => {
  cluster = await TestCluster.start('--session-gap', '2s');
  [alice, bob, carol, mallory] = (await Promise.all(
    ['alice', 'bob', 'carol', 'mallory'].map((name) => sdkUser(cluster, name)),
  )) as [SdkUser, SdkUser, SdkUser, SdkUser];
}, timeoutMs);
afterAll(async () => {
  await Promise.all([alice, bob, carol, mallory].map((user) => user?.client.close()));
  await cluster?.stop();
}, timeoutMs);

const open = async (by: SdkUser, members: readonly string[], topic = '') =>
  (await by.client.conversations.openGroup(members, topic)).session!;
const transcriptOf = async ({ client }: SdkUser, session: string) =>
  await collect(client.transcript(session));
const codeOf = async (asked: Promise<unknown>) =>
  await asked.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : String(error)),
  );
const said = (messages: readonly MessageView[]) =>
  messages.map(({ from, text, kind }) => (kind === 'message' ? `${from}: ${text}` : `${from} ${kind}`));
const has = (user: SdkUser, position: number) => user.shown.some((item) => item.position === position);
const noticed = <T extends LiveNotice['type']>(user: SdkUser, type: T) =>
  user.notices.filter((notice): notice is Extract<LiveNotice, { type: T }> => notice.type === type);

describe('a group of three', () => {
  it(
    'has the same order for all, across the death of a leader, and nothing is lost or shown twice (P1, P4)',
    async () => {
      const group = await open(alice, ['bob', 'carol'], 'the end of the world');
      const each = 40;
      const sent = [alice, bob, carol].flatMap(({ client, name }) =>
        Array.from({ length: each }, (_, index) => client.send({ session: group }, `${name} ${index}`)),
      );
      await Promise.all(sent.slice(0, 5));
      await cluster.killLeader();
      const more = [alice, bob, carol].map(({ client, name }) =>
        client.send({ session: group }, `${name} after`),
      );
      const positions = (await Promise.all([...sent, ...more])).map(({ position = 0 }) => position);
      const last = Math.max(...positions);
      const all = await transcriptOf(alice, group);
      expect(new Set(positions).size).toBe(3 * each + 3);
      expect(all.filter(({ kind }) => kind === 'message').map(({ position }) => position)).toEqual(
        positions.toSorted((a, b) => a - b),
      );
      for (const user of [bob, carol]) expect(await transcriptOf(user, group)).toEqual(all);
      for (const user of [alice, bob, carol]) {
        const others = all.filter(({ from }) => from !== user.name);
        await user.until(() => has(user, others.at(-1)!.position));
        const shown = user.shown.filter(({ session }) => session === group);
        expect(shown.map(({ position }) => position)).toEqual(others.map(({ position }) => position));
      }
      expect(last).toBe(all.at(-1)!.position);
    },
    timeoutMs,
  );

  it(
    'shows whoever is invited what comes from then on, and whoever left what was said until then',
    async () => {
      const group = await open(alice, ['bob']);
      await alice.client.send({ session: group }, 'before');
      await bob.client.conversations.invite(group, 'carol');
      await alice.client.send({ session: group }, 'with carol');
      await carol.client.conversations.leave(group);
      await bob.client.conversations.setTopic(group, 'without carol');
      const { position = 0 } = await bob.client.send({ session: group }, 'gone?');
      await alice.until(() => has(alice, position));
      const everything = [
        'alice opened',
        'alice: before',
        'bob joined',
        'alice: with carol',
        'carol left',
        'bob topic',
        'bob: gone?',
      ];
      expect(said(await transcriptOf(alice, group))).toEqual(everything);
      expect(said(await transcriptOf(carol, group))).toEqual(everything.slice(2, 5));
      const page = await carol.client.conversations.messages(group);
      expect(said(page.messages.toReversed())).toEqual(everything.slice(2, 5));
      const shown = carol.shown.filter(({ session }) => session === group);
      expect(said(shown as MessageView[])).toEqual(['bob joined', 'alice: with carol']);
      expect(shown[0]).toMatchObject({ kind: 'joined', members: ['carol'], conversation: group });
      expect(await codeOf(carol.client.send({ session: group }, 'hello?'))).toBe('unknown-session');
      expect(await carol.client.conversations.get(group)).toMatchObject({ isOpen: false, kind: 'group' });
    },
    timeoutMs,
  );

  it(
    'goes on without an account that is deleted, and keeps its words (S1)',
    async () => {
      const dave = await sdkUser(cluster, 'dave');
      const group = await open(alice, ['dave', 'bob']);
      await dave.client.send({ session: group }, 'words of mine');
      await dave.client.deleteAccount();
      const { position = 0 } = await alice.client.send({ session: group }, 'still here');
      await bob.until(() => has(bob, position));
      await dave.client.close();
      expect(said(await transcriptOf(bob, group))).toEqual([
        'alice opened',
        'deleted user: words of mine',
        'deleted user left',
        'alice: still here',
      ]);
      expect((await bob.client.conversations.get(group)).others.map(({ name }) => name)).toEqual(['alice']);
    },
    timeoutMs,
  );
});

describe('who is not in a group (P9)', () => {
  it(
    'cannot post, invite, leave, name, read, mark or find anything there',
    async () => {
      const group = await open(alice, ['bob'], 'secrets');
      const { position = 0 } = await alice.client.send({ session: group }, 'the secret word');
      const { client } = mallory;
      const { conversations, line } = client;
      const own = await open(mallory, ['bob']);
      const answers = await Promise.all(
        [
          client.send({ session: group }, 'me too'),
          conversations.invite(group, 'mallory'),
          conversations.leave(group),
          conversations.setTopic(group, 'mine'),
          conversations.markRead(group, position),
          conversations.get(group),
          conversations.messages(group),
          conversations.receipts(group),
          conversations.search('secret', group),
          conversations.messages(own, { before: { session: group, position: position + 1 } }),
          line.query('transcript', { session: group, after: 0, limit: 10 }),
        ].map(codeOf),
      );
      expect(answers).toEqual(answers.map(() => 'unknown-session'));
      expect((await conversations.search('secret word', null)).messages).toEqual([]);
      conversations.typing(group);
      conversations.typing(own);
      await bob.until(() => noticed(bob, 'typing').length > 0);
      expect(noticed(alice, 'typing').filter(({ conversation }) => conversation === group)).toEqual([]);
      expect(noticed(bob, 'typing').filter(({ conversation }) => conversation === group)).toEqual([]);
      expect((await alice.client.conversations.get(group)).others.map(({ name }) => name)).toEqual(['bob']);
    },
    timeoutMs,
  );
});

describe('a conversation', () => {
  it(
    'is one, however many sessions a pair has, and is read back without limit',
    async () => {
      const texts = Array.from({ length: 25 }, (_, index) => `word ${index}`);
      const sessions = new Set<string>();
      for (const [index, text] of texts.entries()) {
        if (index === 10) await new Promise((resolve) => setTimeout(resolve, 2_500)); // the gap that closes a session
        const { session = '', position = 0 } = await alice.client.send('carol', text);
        sessions.add(session);
        await carol.until(() => has(carol, position));
      }
      expect(sessions.size).toBe(2);
      const [first = '', second = ''] = sessions;
      const view = await carol.client.conversations.get(second);
      expect(view).toMatchObject({
        conversation: first,
        kind: 'pair',
        session: second,
        unread: 25,
        others: [{ name: 'alice', online: true }],
        last: { from: 'alice', text: 'word 24' },
        isOpen: true,
      });
      const found: string[] = [];
      let before: { session: string; position: number } | null = null;
      do {
        const page = await carol.client.conversations.messages(first, { before, limit: 7 });
        found.push(...page.messages.map(({ text }) => text));
        before = page.next;
      } while (before);
      expect(found).toEqual(texts.toReversed());
      const listed = await collect(carol.client.conversations.list());
      expect(listed.filter(({ kind }) => kind === 'pair').map(({ conversation }) => conversation)).toEqual([
        first,
      ]);
    },
    timeoutMs,
  );

  it(
    'is found by a word in it, in whatever capitals and form (NFKC)',
    async () => {
      const { session = '' } = await alice.client.send('bob', 'Ｓｃｈöne Grüße aus dem ﬁlm');
      const { position = 0 } = await alice.client.send({ session }, 'nothing of the kind');
      await bob.until(() => has(bob, position));
      const hits = await bob.client.conversations.search('SCHÖNE grüße', session);
      expect(hits.messages.map(({ text }) => text)).toEqual(['Ｓｃｈöne Grüße aus dem ﬁlm']);
      expect((await bob.client.conversations.search('film', null)).messages).toHaveLength(1);
    },
    timeoutMs,
  );

  it(
    'tells how far the others are, at once and for good',
    async () => {
      const { session = '', position = 0 } = await alice.client.send('bob', 'did you get this?');
      const isTold = (part: 'delivered' | 'read') =>
        noticed(alice, 'receipts').some(({ receipts }) =>
          receipts.some((receipt) => receipt.name === 'bob' && (receipt[part] ?? 0) >= position),
        );
      await alice.until(() => isTold('delivered'));
      expect(isTold('read')).toBe(false);
      const [before] = await alice.client.conversations.receipts(session);
      expect(before).toMatchObject({ name: 'bob', delivered: position });
      expect(before!.read).toBeLessThan(position);
      const two = await bob.again();
      await bob.client.conversations.markRead(session, position);
      await alice.until(() => isTold('read'));
      const own = () =>
        noticed(two, 'receipts').some(({ receipts }) =>
          receipts.some(({ name, read = 0 }) => name === 'bob' && read >= position),
        );
      await two.until(own);
      expect(await two.client.conversations.get(session)).toMatchObject({ unread: 0, read: position });
      await bob.client.conversations.markRead(session, position); // again: no mistake
      const { position: answer = 0 } = await bob.client.send('alice', 'yes');
      await two.until(() => noticed(two, 'said').some(({ message }) => message.position === answer));
      await two.client.close();
    },
    timeoutMs,
  );

  it(
    'hears who types, comes and goes',
    async () => {
      const { conversation } = await alice.client.conversations.get(
        (await alice.client.send('bob', 'wait')).session!,
      );
      bob.client.conversations.typing(conversation);
      await alice.until(() => noticed(alice, 'typing').some(({ from }) => from === 'bob'));
      expect(noticed(alice, 'typing').at(-1)).toEqual({ type: 'typing', conversation, from: 'bob' });
      const sees = (online: boolean) =>
        noticed(alice, 'presence').some(({ users }) =>
          users.some((user) => user.name === 'bob' && user.online === online),
        );
      await bob.client.close();
      await alice.until(() => sees(false));
      expect(await alice.client.whois('bob')).toMatchObject({ name: 'bob', online: false });
      alice.notices.length = 0;
      bob = await bob.again();
      await alice.until(() => sees(true));
      expect(await alice.client.whois('bob')).toMatchObject({ name: 'bob', online: true });
    },
    timeoutMs,
  );
});

describe('the command line', () => {
  it('opens a group, writes to it, shows who comes and goes, and plays all of it back', async () => {
    const [ann, ben, cat] = await cluster.welcome('ann', 'ben', 'cat');
    const opened = await ann!.done(['group', 'new', 'ben', '--topic', 'the trip', '--json']);
    const group = String(opened.json[0]!.session);
    await ann!.done(['send', '--session', group, 'hello']);
    await ben!.done(['group', 'invite', group, 'cat']);
    await cat!.done(['group', 'topic', group, 'tea']);
    await ben!.done(['group', 'leave', group]);
    const inbox = (await cat!.done(['inbox', '--json'])).json;
    expect(inbox.map(({ kind, from, members }) => ({ kind, from, members }))).toEqual([
      { kind: 'joined', from: 'ben', members: ['cat'] },
      { kind: 'left', from: 'ben' },
    ]);
    const lines = (await ann!.done(['replay', '--session', group, '--speed', '1000', '--plain'])).stdout;
    expect(lines.trim().split('\n')).toEqual([
      "* ann opened the group for ann, ben about 'the trip'",
      "ann: 'hello'",
      '* ben invited cat',
      "* cat set the topic 'tea'",
      '* ben left',
    ]);
    const [conversation] = (await ben!.done(['conversations', '--json'])).json;
    expect(conversation).toMatchObject({ kind: 'group', session: group, open: false, unread: 1 });
    expect(await ben!.run(['send', '--session', group, 'still there?'])).toMatchObject({ status: 1 });
    expect(await ann!.run(['send', '--session', group])).toMatchObject({ status: 2 });
  });
});
