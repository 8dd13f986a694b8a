import { describe, expect, it } from 'vitest';
import { paletteFor } from '../../../cli/render/colour.ts';
import { table } from '../../../cli/render/table.ts';
import { displayWidth, visible } from '../../../cli/render/text.ts';
import { age } from '../../../cli/render/time.ts';

describe('text of others', () => {
  it('never moves the cursor, changes colours or turns the direction of writing (P10)', () => {
    expect(visible('a\nb\r\tc')).toBe('a\\nb\\r\\tc');
    expect(visible('\x1b[2J\x07\x7f\x9b')).toBe('\\x1b[2J\\x07\\x7f\\x9b');
    expect(visible('\u202etxet\u2069\u2028')).toBe('\\u{202e}txet\\u{2069}\\u{2028}');
  });

  it('is left alone otherwise', () => {
    for (const text of ["it's ok", 'C:\\new', 'Grüße', '👩‍👩‍👧', 'می‌خواهم']) expect(visible(text)).toBe(text);
  });

  it('is as wide as a terminal shows it', () => {
    expect(displayWidth('\x1b[31mabc\x1b[39m')).toBe(3);
    expect(displayWidth('日本')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
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
