import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paletteFor } from '../../../cli/render/colour.ts';
import { renderLogged } from '../../../cli/render/log.ts';
import { renderItem, renderSent } from '../../../cli/render/messages.ts';
import { renderSessions } from '../../../cli/render/sessions.ts';
import { renderState } from '../../../cli/render/state.ts';
import { table } from '../../../cli/render/table.ts';
import { safeJson, safeText, visible } from '../../../cli/render/text.ts';
import { age } from '../../../cli/render/time.ts';
import { renderUser } from '../../../cli/render/users.ts';
import { renderVerification } from '../../../cli/render/verify.ts';

describe('text of others', () => {
  it('never moves the cursor, changes colours or turns the direction of writing (P10)', () => {
    expect(visible('a\nb\r\tc')).toBe('a\\nb\\r\\tc');
    expect(visible('\x1b[2J\x07\x7f\x9b')).toBe('\\x1b[2J\\x07\\x7f\\x9b');
    expect(visible('\u200e\u061c\u{e0041}')).toBe('\\u{200e}\\u{061c}\\u{e0041}');
    expect(visible('\u202etxet\u2069\u2028')).toBe('\\u{202e}txet\\u{2069}\\u{2028}');
  });

  it('is safe in all its forms, whatever it is, and JSON says the same as before (P10)', () => {
    const unfit = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;
    const unit = fc.oneof(
      fc.constantFrom('\x1b', '[', '2', 'J', 'm', '\x9b', '\u202e', '\u200f', '\u{e0041}', '\n'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(visible(text)).not.toMatch(unfit);
        expect(safeJson({ text })).not.toMatch(unfit);
        expect(JSON.parse(safeJson({ text }))).toEqual({ text });
        expect(safeText(text).replace(/\n|\x1b\[\d{0,3}m/g, '')).not.toMatch(unfit);
      }),
    );
  });

  it('passes no renderer as it is (P10)', () => {
    const evil = 'a\x1b[2J\x9b31m\u202eb\r\n';
    const palette = paletteFor(false, {});
    const message = { id: 'm', session: 's', from: evil, text: evil, at: 0, position: 1 };
    const rendered = [
      renderSent(message, palette),
      renderItem({ ...message, kind: 'returned' }, palette),
      renderUser({ name: evil, online: true }, palette),
      renderLogged(
        { position: 1, frame: 1, epoch: 1, at: '', clock: 1, type: 'MessagePosted', data: message },
        palette,
      ),
      renderState({ actor: 'user', id: 'u', position: 1, state: 'x', context: { name: evil } }).replaceAll(
        '\n',
        '',
      ),
      renderVerification(
        { node: 'n1', frames: 1, events: 1, ok: false, first_bad: 1, reason: evil },
        palette,
      ),
      ...renderSessions(
        [
          {
            session: 's',
            participants: [evil],
            openedAt: 0,
            lastAt: 0,
            messages: 1,
            state: 'x',
            conversation: 's',
          },
        ],
        palette,
      ),
    ];
    for (const line of rendered) expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it('is left alone otherwise', () => {
    for (const text of ["it's ok", 'C:\\new', 'Grüße', '👩‍👩‍👧', 'می‌خواهم']) expect(visible(text)).toBe(text);
  });
});

describe('colours', () => {
  it('are for terminals that want them', () => {
    expect(paletteFor(true, {}).red('x')).toBe('\x1b[31mx\x1b[39m');
    for (const palette of [
      paletteFor(false, {}),
      paletteFor(true, { NO_COLOR: '1' }),
      paletteFor(true, { TERM: 'dumb' }),
    ]) {
      expect(palette.name(palette.bold('x'))).toBe('x');
    }
  });

  it('give a name the same one everywhere', () => {
    const { name } = paletteFor(true, {});
    expect(name('alice').slice(0, 5)).toBe(name('Alice').slice(0, 5));
  });
});

it('a table lines up its columns, coloured or not', () => {
  const rows = [
    ['a', '\x1b[1m1\x1b[22m'],
    ['bcd', '22'],
  ];
  expect(table([{ title: 'id' }, { title: 'n', align: 'right' }], rows)).toEqual([
    'id    n',
    'a     \x1b[1m1\x1b[22m',
    'bcd  22',
  ]);
});

it.each([
  [0, '0s'],
  [59_999, '59s'],
  [61_000, '1m 1s'],
  [2 * 3_600_000, '2h 0m'],
  [49 * 3_600_000, '2d 1h'],
])('%i ms are an age of %s', (ms, text) => {
  expect(age(ms)).toBe(text);
});
