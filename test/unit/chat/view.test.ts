import { describe, expect, it } from 'vitest';
import { initialState } from '../../../cli/chat/state.ts';
import { update } from '../../../cli/chat/update.ts';
import { view } from '../../../cli/chat/view.ts';
import { lineWidth, plainText } from '../../../cli/tui/spans.ts';
import { ChatScript, conversationView, messageView, minuteMs, noon } from '../../support/chat-script.ts';

/** As an evening leaves it: a pair, a group with something new in it, somebody who types. */
function evening(size = { columns: 80, rows: 24 }): ChatScript {
  const chat = new ChatScript(size).event({
    type: 'conversations',
    views: [
      conversationView({ last: { position: 3, at: noon + 9, from: 'bob', text: '' } }),
      conversationView({
        conversation: 's-2',
        session: 's-2',
        kind: 'group',
        topic: 'the weather',
        others: [
          { name: 'bob', online: true },
          { name: 'carol', online: false },
        ],
        unread: 2,
      }),
      conversationView({ conversation: 's-3', session: 's-3', others: [{ name: '日本', online: false }] }),
    ],
  });
  chat.type('<M-2>');
  const messages = [
    { ...messageView('yesterday, all was well', 1), at: noon - 24 * 60 * minuteMs },
    messageView(
      'hello alice, this is a message that is too long for one row of the screen, so it is wrapped',
      2,
    ),
    messageView('日本語のとても長い文章がここにあり、幅で折り返されます。👍🏽', 3),
    messageView('/me waves\nand goes on', 4, 'alice'),
  ];
  chat.event({ type: 'page', key: 's-1', where: 'earlier', messages, hasMore: false });
  chat.event({ type: 'receipts', key: 's-1', receipts: [{ name: 'bob', delivered: 4, read: 3, since: 0 }] });
  chat.event({
    type: 'live',
    notice: { type: 'typing', conversation: 's-1', from: 'bob' },
    nowMs: noon,
  });
  return chat.type('half a sen');
}

describe('the screen', () => {
  it('says before the log-in what it is waiting for', () => {
    const state = initialState({ columns: 60, rows: 4 }, { hasBell: true, timeFormat: '24h' });
    const question = { prompt: 'Name: ', isHidden: false };
    const asked = update(state, { type: 'asked', question }, { newId: () => '' }).state;
    const rows = view(asked).lines.map((line) => plainText(line).trimEnd());
    expect(rows).toEqual([' verbatim  Ctrl-C leaves', '', ' not logged in', 'Name:']);
    expect(view(state).lines.map(plainText).join('\n')).toContain(' connecting ');
  });

  it('at 80 x 24', () => {
    expect(evening().screen()).toMatchInlineSnapshot(`
      " bob  online
      1   verbatim       │
      2 ● bob            │
      3 # the weather   2│
      4 ○ 日本           │
                         │
                         │
                         │
                         │
                         │
                         │
                         │
                         │
                         │
                         │── Saturday 2026-11-21 ─────────────────────────────────────
                         │12:00 <bob> yesterday, all was well
                         │── Sunday 2026-11-22 ───────────────────────────────────────
                         │12:02 <bob> hello alice, this is a message that is too long
                         │            for one row of the screen, so it is wrapped
                         │12:03 <bob> 日本語のとても長い文章がここにあり、幅で折り返さ
                         │            れます。👍🏽
                         │12:04 * alice waves ⏎ and goes on ✓✓
       alice  127.0.0.1:4222  n2 leads epoch 4  2 ms                    bob is typing
      bob> half a sen"
    `);
  });

  it('where there is no room for a list', () => {
    expect(evening({ columns: 44, rows: 12 }).screen()).toMatchInlineSnapshot(`
      " bob  online
      ── Saturday 2026-11-21 ─────────────────────
      12:00 <bob> yesterday, all was well
      ── Sunday 2026-11-22 ───────────────────────
      12:02 <bob> hello alice, this is a message
                  that is too long for one row of
                  the screen, so it is wrapped
      12:03 <bob> 日本語のとても長い文章がここにあ
                  り、幅で折り返されます。👍🏽
      12:04 * alice waves ⏎ and goes on ✓✓
       alice  127.0.0.1:4222  n2 leads epoch 4  2…
      bob> half a sen"
    `);
  });

  it('while nobody leads', () => {
    const chat = evening({ columns: 60, rows: 8 }).line({ state: 'leaderless', leader: null });
    expect(chat.screen()).toMatchInlineSnapshot(`
      " bob  online
      12:02 <bob> hello alice, this is a message that is too long
                  for one row of the screen, so it is wrapped
      12:03 <bob> 日本語のとても長い文章がここにあり、幅で折り返さ
                  れます。👍🏽
      12:04 * alice waves ⏎ and goes on ✓✓
       no leader: typing is off                     bob is typing
      (no leader) half a sen"
    `);
  });

  it('with what was found', () => {
    const chat = evening({ columns: 60, rows: 8 }).event({ type: 'searching', text: 'all' });
    const found = { ...messageView('yesterday, all was well', 1), type: 'said', isOwn: false } as const;
    chat.event({ type: 'found', text: 'all', found: [found], isDone: true }).type('<C-u>');
    expect(chat.screen()).toMatchInlineSnapshot(`
      " bob  online



      2026-11-22 12:01 bob: yesterday, all was well
      ── all: found 1
       alice  127.0.0.1:4222  n2 leads epoch 4  2 ms bob is typi…
      search: Enter shows it, Escape leaves>"
    `);
  });

  it('never shows a password', () => {
    const chat = new ChatScript({ columns: 60, rows: 6 });
    chat.event({ type: 'asked', question: { prompt: 'Password: ', isHidden: true } }).type('secret');
    expect(chat.screen()).toContain('Password: ••••••');
    chat.type('<enter>');
    expect(chat.took('answer')).toEqual([{ do: 'answer', text: 'secret' }]);
    expect(chat.type('<up>').screen()).not.toContain('secret');
  });

  it.each([
    [1, 1],
    [4, 2],
    [20, 5],
    [71, 10],
    [300, 80],
  ])('fits %i x %i', (columns, rows) => {
    const { lines, cursor } = view(evening({ columns, rows }).state);
    expect(lines.length).toBeLessThanOrEqual(rows);
    if (columns >= 10) for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(columns);
    expect(cursor!.row).toBeLessThan(rows);
    expect(cursor!.column).toBeLessThan(columns);
  });
});
