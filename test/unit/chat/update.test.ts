import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentOf } from '../../../cli/chat/state.ts';
import { entriesMax } from '../../../cli/chat/window.ts';
import { ChatScript, conversationView, messageView, noon } from '../../support/chat-script.ts';

/** With bob, looking at what was said; all of it is in memory. */
function withBob(size?: { columns: number; rows: number }): ChatScript {
  const chat = new ChatScript(size)
    .event({ type: 'conversations', views: [conversationView()] })
    .type('<M-2>');
  return chat.event({ type: 'page', key: 's-1', where: 'earlier', messages: [], hasMore: false });
}

const texts = (chat: ChatScript) =>
  currentOf(chat.state).window.entries.map((entry) =>
    entry.type === 'said' ? entry.text : `-- ${entry.text}`,
  );

describe('a message of one’s own', () => {
  it('stands at the end until the log gives it its place', () => {
    const chat = withBob().type('mine<enter>');
    const [{ id } = { id: '' }] = chat.took('send');
    chat.hear('theirs', 5);
    expect(texts(chat)).toEqual(['theirs', 'mine']);
    const message = { ...messageView('mine', 4, 'alice'), id };
    chat.event({ type: 'sent', key: 's-1', message });
    expect(texts(chat)).toEqual(['mine', 'theirs']);
    chat.event({ type: 'live', notice: { type: 'said', message }, nowMs: noon });
    expect(texts(chat)).toEqual(['mine', 'theirs']);
  });

  it('is marked with how far it came', () => {
    const chat = withBob().type('mine<enter>');
    const [{ id } = { id: '' }] = chat.took('send');
    expect(chat.screen()).toContain('mine …');
    chat.event({ type: 'sent', key: 's-1', message: { ...messageView('mine', 4, 'alice'), id } });
    expect(chat.screen()).toMatch(/mine ✓$/m);
    const receipt = (how: object) =>
      chat.event({
        type: 'live',
        notice: { type: 'receipts', position: 4, receipts: [{ conversation: 's-1', name: 'bob', ...how }] },
        nowMs: noon,
      });
    receipt({ delivered: 4 });
    expect(chat.screen()).toMatch(/mine ✓✓$/m);
    receipt({ read: 4 });
    receipt({ read: 2 }); // late news takes nothing back
    expect(chat.screen()).toMatch(/mine ✓✓✓$/m);
  });

  it('that was refused says so, and can be had again', () => {
    const chat = withBob().type('mine<enter>');
    const [{ id } = { id: '' }] = chat.took('send');
    chat.event({ type: 'notSent', key: 's-1', id, why: 'Too large.', nowMs: noon });
    expect(chat.screen()).toMatch(/mine ✗\n.*Too large\./);
    expect(chat.type('<up>').state.editor.before).toBe('mine');
  });
});

describe('what is heard', () => {
  it('is shown once and in the order of the log, whatever comes first (P4)', () => {
    const shuffled = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 });
    fc.assert(
      fc.property(shuffled, fc.array(fc.integer({ min: 1, max: 6 })), (order, again) => {
        const chat = withBob();
        for (const position of [...order, ...again]) chat.hear(String(position), position);
        expect(texts(chat)).toEqual(['1', '2', '3', '4', '5', '6']);
      }),
    );
  });

  it('is read where it is looked at, and counted where not', () => {
    const chat = withBob().hear('one', 1);
    expect(chat.took('read')).toEqual([{ do: 'read', conversation: 's-1', position: 1 }]);
    chat.type('<M-1>').hear('two', 2).hear('alice, three', 3);
    expect(chat.took('read')).toEqual([]);
    expect(chat.state.conversations[1]).toMatchObject({ unread: 2, mentions: 1 });
    chat.type('<M-a>');
    expect(chat.took('read')).toEqual([{ do: 'read', conversation: 's-1', position: 3 }]);
    expect(chat.screen()).toMatch(/one\n.*── new ─+\n.*two\n/);
  });

  it('is not counted again when the log has said already that it is unread', () => {
    const last = { position: 7, at: noon, from: 'bob', text: 'seven' };
    const chat = new ChatScript().event({
      type: 'conversations',
      views: [conversationView({ unread: 1, last })],
    });
    chat.hear('seven', 7).hear('eight', 8);
    expect(chat.state.conversations[1]).toMatchObject({ unread: 2 });
  });

  it('rings for a mention and in a pair, if that is wanted', () => {
    const chat = withBob().hear('one', 1);
    expect(chat.took('bell')).toHaveLength(1);
    chat.state = { ...chat.state, settings: { ...chat.state.settings, hasBell: false } };
    chat.hear('two', 2);
    expect(chat.took('bell')).toEqual([]);
  });
});

describe('while nobody leads', () => {
  it('nothing is taken, what was typed stays, and a line with a hole is not sent unseen (P6)', () => {
    const chat = withBob().type('half a sen').line({ state: 'leaderless', leader: null });
    chat.type('ten<enter>');
    expect(chat.screen()).toContain('(no leader) half a sen');
    expect(chat.took('send')).toEqual([]);
    chat.line({}).type('ce<enter>');
    expect(chat.took('send')).toEqual([]);
    expect(chat.state.editor.before).toBe('half a sence');
    chat.type('<enter>');
    expect(chat.took('send')).toMatchObject([{ text: 'half a sence' }]);
  });

  it('a line that lost nothing is sent at once', () => {
    const chat = withBob()
      .type('half')
      .line({ state: 'disconnected' })
      .type('<pgup>')
      .line({})
      .type('<enter>');
    expect(chat.took('send')).toMatchObject([{ text: 'half' }]);
  });

  it('commands that ask nobody are done, and the line comes back', () => {
    const chat = withBob().type('half').line({ state: 'leaderless' }).type('/help<enter>');
    expect(chat.took('command')).toMatchObject([{ name: 'help' }]);
    expect(chat.state.editor.before).toBe('half');
    chat.type('/users<enter>');
    expect(chat.took('command')).toEqual([]);
    expect(chat.screen()).toContain('Not now:');
  });
});

describe('the window on the log', () => {
  const page = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => messageView(`m${from + index}`, from + index));

  it('asks for what is missing on the screen, and for more where one scrolls', () => {
    const chat = new ChatScript().event({ type: 'conversations', views: [conversationView()] }).type('<M-2>');
    expect(chat.took('load')).toEqual([{ do: 'load', key: 's-1', where: 'earlier' }]);
    chat.event({ type: 'page', key: 's-1', where: 'earlier', messages: page(901, 1_000), hasMore: true });
    expect(chat.took('load')).toEqual([]);
    chat.type('<pgup><pgup><pgup><pgup>');
    expect(chat.took('load')).toHaveLength(1);
    expect(chat.screen()).not.toContain('m1000');
  });

  it('holds a bounded part of it, and comes back', () => {
    const chat = new ChatScript().event({ type: 'conversations', views: [conversationView()] }).type('<M-2>');
    for (let end = 5_000; end > 100; end -= 100) {
      chat.event({
        type: 'page',
        key: 's-1',
        where: 'earlier',
        messages: page(end - 99, end),
        hasMore: true,
      });
      chat.type('<C-home>');
    }
    expect(currentOf(chat.state).window.entries.length).toBeLessThanOrEqual(entriesMax);
    chat.event({ type: 'page', key: 's-1', where: 'earlier', messages: page(1, 100), hasMore: false });
    chat.took('load');
    chat.hear('new', 5_001);
    expect(texts(chat)).not.toContain('new'); // its place is not in memory
    chat.type('<C-end>');
    expect(chat.took('load')).toEqual([{ do: 'load', key: 's-1', where: 'end' }]);
    const end = [...page(4_902, 5_000), messageView('new', 5_001)];
    chat.event({ type: 'page', key: 's-1', where: 'end', messages: end, hasMore: true });
    expect(chat.screen()).toMatch(/m5000\n.*new$/m);
  });

  it('stays where one looks when something new is said', () => {
    const chat = withBob();
    chat.event({ type: 'page', key: 's-1', where: 'earlier', messages: page(1, 100), hasMore: false });
    chat.type('<pgup>');
    const pane = () =>
      chat
        .screen()
        .split('\n')
        .slice(1, 21)
        .map((row) => row.split('│')[1]);
    const before = pane();
    chat.hear('new', 101);
    expect(pane()).toEqual(before);
    expect(chat.type('<pgdn><pgdn>').screen()).toContain('new');
  });

  it('scrolls by rows up to the first and down to the last, and nowhere beyond', () => {
    const keys = fc.array(fc.constantFrom('<pgup>', '<pgdn>', '<S-up>', '<S-down>', '<C-home>'));
    fc.assert(
      fc.property(keys, fc.integer({ min: 5, max: 30 }), (script, rows) => {
        const chat = withBob({ columns: 50, rows });
        const long = page(1, 40).map((one) => ({
          ...one,
          text: `${one.text} ${'word '.repeat(one.position % 30)}`,
        }));
        chat.event({ type: 'page', key: 's-1', where: 'earlier', messages: long, hasMore: false });
        chat.type(script.join(''));
        const lines = chat
          .screen()
          .split('\n')
          .slice(1, rows - 2);
        expect(lines.every((line) => line !== '')).toBe(true); // the screen is always full
        chat.type('<C-home>');
        expect(chat.screen()).toContain('Sunday 2026-11-22');
        chat.type('<C-end>');
        expect(chat.screen()).toContain('m40');
      }),
    );
  });
});

describe('Tab', () => {
  it('completes commands and names, and turns through them', () => {
    const chat = withBob().event({ type: 'names', names: ['bert', 'carol'] });
    expect(chat.type('/wh<tab>').state.editor.before).toBe('/who ');
    expect(chat.type('<tab>').state.editor.before).toBe('/whois ');
    expect(chat.type('<S-tab>').state.editor.before).toBe('/who ');
    expect(chat.type('<C-u>b<tab>').state.editor.before).toBe('bob: ');
    expect(chat.type('<tab>').state.editor.before).toBe('bert: ');
    expect(chat.type('<C-u>hi c<tab>').state.editor.before).toBe('hi carol ');
  });

  it('looks up a name that nobody mentioned yet', () => {
    const chat = withBob().type('/msg zo<tab>');
    expect(chat.took('lookUp')).toEqual([{ do: 'lookUp', prefix: 'zo' }]);
  });
});

describe('a line with something else in mind', () => {
  it('is kept with its conversation', () => {
    const chat = withBob().type('for bob<M-1>/he');
    expect(chat.type('<M-2>').state.editor.before).toBe('for bob');
    expect(chat.type('<M-1>').state.editor.before).toBe('/he');
  });

  it('that is no command is not said', () => {
    const chat = withBob().type('/mgs bob hi<enter>');
    expect(chat.took('send')).toEqual([]);
    expect(chat.screen()).toContain('did you mean /msg?');
  });
});
