/** What others do, and oneself on another client, while a chat is open: what is unread, who is there, how far they are. */
import { describe, expect, it } from 'vitest';
import { currentOf } from '../../../cli/chat/state.ts';
import type { ConversationView, LiveNotice } from '../../../src/client/conversations.ts';
import { ChatScript, conversationView, messageView, noon } from '../../support/chat-script.ts';
import { matchView } from '../../support/pong-script.ts';

type Receipt = Extract<LiveNotice, { type: 'receipts' }>['receipts'][number];

function with_(about: Partial<ConversationView> = {}): ChatScript {
  return new ChatScript().event({ type: 'conversations', views: [conversationView(about)] });
}
const told = (chat: ChatScript, notice: LiveNotice) => chat.event({ type: 'live', notice, nowMs: noon });
const receipt = (chat: ChatScript, about: Omit<Receipt, 'conversation'>) =>
  told(chat, { type: 'receipts', position: 1, receipts: [{ conversation: 's-1', ...about }] });
const unread = (chat: ChatScript) => chat.state.conversations[1]!.unread;
const group = {
  kind: 'group',
  others: [{ name: 'bob', online: true }],
  topic: 'tea',
} satisfies Partial<ConversationView>;

describe('another client of the same user', () => {
  it('has read some of it: what came since is still new', () => {
    const chat = with_().hear('one', 1).hear('two', 2).hear('alice, three', 3);
    receipt(chat, { name: 'alice', read: 2 });
    expect(chat.state.conversations[1]).toMatchObject({ unread: 1, mentions: 1, read: 2 });
    expect(chat.took('renew')).toEqual([{ do: 'renew', session: 's-1' }]); // some may be older than this client
    receipt(chat, { name: 'alice', read: 3 });
    expect(chat.state.conversations[1]).toMatchObject({ unread: 0, mentions: 0, read: 3 });
    expect(chat.took('renew')).toEqual([]);
  });

  it('that said something has read what stood before it', () => {
    const chat = with_().hear('one', 1).hear('two', 2);
    told(chat, { type: 'said', message: messageView('yes', 3, 'alice') });
    expect(unread(chat)).toBe(0);
    chat.hear('four', 4);
    expect(unread(chat)).toBe(1);
  });

  it('that began a conversation, or left one, has it asked for', () => {
    const chat = with_(group);
    told(chat, {
      type: 'said',
      message: { ...messageView('hi', 5, 'alice'), conversation: 's-9', session: 's-9' },
    });
    told(chat, { type: 'said', message: { ...messageView('', 6, 'alice'), kind: 'left' } });
    expect(chat.took('renew').map(({ session }) => session)).toEqual(['s-9', 's-1']);
  });
});

describe('what is asked for while more is said', () => {
  const last = { position: 1, at: noon, from: 'bob', text: 'one' };

  it('does not know what was heard since: that is still new', () => {
    const chat = with_().hear('one', 1).hear('two', 2);
    chat.event({ type: 'conversations', views: [conversationView({ unread: 1, last })] });
    expect(unread(chat)).toBe(2);
  });

  it('does not know what was read since: that is not new again', () => {
    const chat = with_({ unread: 1, last }).type('<M-2>');
    chat.event({
      type: 'page',
      key: 's-1',
      where: 'earlier',
      messages: [messageView('one', 1)],
      hasMore: false,
    });
    expect(chat.took('read')).toHaveLength(1);
    chat.type('<M-1>').event({ type: 'conversations', views: [conversationView({ unread: 1, last })] });
    expect(unread(chat)).toBe(0);
  });

  it('takes no receipt back', () => {
    const chat = with_().type('<M-2>mine<enter>');
    const [{ id } = { id: '' }] = chat.took('send');
    chat.event({ type: 'sent', key: 's-1', message: { ...messageView('mine', 4, 'alice'), id } });
    receipt(chat, { name: 'bob', read: 4 });
    chat.event({
      type: 'receipts',
      key: 's-1',
      receipts: [{ name: 'bob', delivered: 4, read: 2, since: 0 }],
    });
    expect(chat.screen()).toMatch(/mine ✓✓✓$/m);
  });
});

describe('a group', () => {
  it('whose new member has read nothing yet takes no receipt of before back, and waits for the next', () => {
    const chat = with_(group).type('<M-2>mine<enter>');
    const [{ id } = { id: '' }] = chat.took('send');
    chat.event({
      type: 'receipts',
      key: 's-1',
      receipts: [{ name: 'bob', delivered: 0, read: 0, since: 0 }],
    });
    chat.event({ type: 'sent', key: 's-1', message: { ...messageView('mine', 4, 'alice'), id } });
    receipt(chat, { name: 'bob', read: 4 });
    chat.hear('', 5, { kind: 'joined', members: ['carol'] });
    expect(chat.screen()).toMatch(/mine ✓✓✓$/m);
    chat.type('more<enter>');
    const [{ id: next } = { id: '' }] = chat.took('send');
    chat.event({ type: 'sent', key: 's-1', message: { ...messageView('more', 6, 'alice'), id: next } });
    receipt(chat, { name: 'bob', read: 6 });
    expect(chat.screen()).toMatch(/more ✓$/m);
    chat.hear('', 7, { kind: 'left', from: 'carol' });
    expect(chat.screen()).toMatch(/more ✓✓✓$/m);
  });

  it('that one is invited to again is asked for, and can be written to then', () => {
    const chat = with_({ ...group, isOpen: false }).type('<M-2>');
    chat.hear('', 9, { kind: 'joined', members: ['alice'] });
    expect(chat.took('renew')).toEqual([{ do: 'renew', session: 's-1' }]);
    chat.event({ type: 'conversations', views: [conversationView(group)] });
    chat.type('back again<enter>');
    expect(chat.took('send')).toMatchObject([{ text: 'back again' }]);
  });
});

describe('what came back', () => {
  it('stands where it did so, all of it, and what is between is still fetched', () => {
    const chat = with_().type('<M-2>');
    const messages = [messageView('m50', 50)];
    chat.event({ type: 'page', key: 's-1', where: 'earlier', messages, hasMore: true });
    for (const position of [3, 4]) {
      const { id } = messageView('', position, 'alice');
      chat.hear(`lost ${position}`, position, { kind: 'returned', from: 'alice', item: 60, id });
    }
    const { entries } = currentOf(chat.state).window;
    expect(entries.map((entry) => entry.text)).toEqual(['m50', 'lost 3', 'lost 4']);
  });
});

describe('a screen', () => {
  it('that was cleared stays so until one scrolls', () => {
    const chat = with_().type('<M-2>');
    chat.event({
      type: 'page',
      key: 's-1',
      where: 'earlier',
      messages: [messageView('m5', 5)],
      hasMore: false,
    });
    chat.took('load');
    chat.event({ type: 'clear' }).line({ state: 'leaderless' }).line({});
    expect(chat.took('load')).toEqual([]);
    chat.hear('m6', 6).type('<pgup>');
    expect(chat.took('load')).toEqual([{ do: 'load', key: 's-1', where: 'earlier' }]);
  });

  it('that something else covers is not looked at: nothing is read there', () => {
    const chat = with_().type('<M-2>');
    chat.event({ type: 'covered', isCovered: true }).hear('one', 1);
    expect(chat.took('read')).toEqual([]);
    expect(unread(chat)).toBe(1);
    chat.event({ type: 'covered', isCovered: false });
    expect(chat.took('read')).toHaveLength(1);
    expect(unread(chat)).toBe(0);
  });
});

describe('a match of Pong', () => {
  const invited = matchView({ state: 'lobby', joined: [false, true], score: [0, 0] });
  const about = (match: typeof invited) => told(with_(), { type: 'match', position: 9, match });

  it('that one is invited to is told with how to accept, and rings', () => {
    const chat = about(invited);
    expect(chat.screen()).toContain('bob invites you to a match of Pong; /pong bob accepts');
    expect(chat.took('bell')).toHaveLength(1);
  });

  it('that one is invited to is told once, and that it is withdrawn or expires', () => {
    const tell = (chat: ChatScript, match: typeof invited) =>
      told(chat, { type: 'match', position: 9, match });
    const over = { ...invited, state: 'over' } as const;
    const chat = tell(about(invited), invited);
    expect(chat.took('bell')).toHaveLength(1);
    expect(tell(chat, { ...over, reason: 'declined' }).screen()).toMatch(
      /bob’s invitation.* was declined or/,
    );
    expect(tell(about(invited), { ...over, reason: 'expired' }).screen()).toMatch(/invitation.* has expired/);
    expect(tell(about(invited), matchView()).screen()).not.toContain('’s invitation');
  });

  it('that one opened oneself, or plays already, is not', () => {
    expect(about({ ...invited, by: 'alice', joined: [true, false] }).screen()).not.toContain('Pong');
    expect(about(matchView()).screen()).not.toContain('Pong');
  });
});
