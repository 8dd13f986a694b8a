import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLine, Painter } from '../../../cli/tui/ansi.ts';
import { fitLine, lineWidth, plainText, span, wrapLine } from '../../../cli/tui/spans.ts';
import { cut, graphemes, widthOf } from '../../../cli/tui/width.ts';

const wrapped = (text: string, width: number, indent = 0) =>
  wrapLine([span(text)], width, indent).map(plainText);

describe('the width of a text', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['👩‍👩‍👧‍👦', 2],
    ['🇨🇭', 2],
    ['', 0],
    ['\x1b[31mabc\x1b[39m', 3],
  ])('of %s is %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('is what cutting keeps to, and no letter is cut in two', () => {
    expect(cut('日本語', 3)).toBe('日');
    expect(cut('ae\u0301b', 2)).toBe('ae\u0301');
    expect(graphemes('a👩‍👩‍👧‍👦b')).toEqual(['a', '👩‍👩‍👧‍👦', 'b']);
  });
});

describe('wrapping', () => {
  it('breaks between words, and a long word between letters', () => {
    expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('word word word word', 9)).toEqual(['word word', 'word word']);
    expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrapped('日本語日本語', 5)).toEqual(['日本', '語日', '本語']);
  });

  it('indents what follows', () => {
    expect(wrapped('12:00 bob one two three', 14, 4)).toEqual(['12:00 bob one', '    two three']);
  });

  it('keeps styles', () => {
    const lines = wrapLine([span('one '), span('two', { bold: true })], 4);
    expect(lines).toEqual([[span('one')], [span('two', { bold: true })]]);
  });

  it('never makes a line too wide, and loses no letter', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b ', ' ', '日', 'e\u0301', '👍🏽'), maxLength: 60 });
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 2, max: 20 }),
        fc.integer({ min: 0, max: 5 }),
        (words, width, indent) => {
          const lines = wrapLine([span(words)], width, indent);
          for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(width);
          const isThere = indent < width - 1;
          if (isThere)
            expect(lines.map(plainText).join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''));
        },
      ),
    );
  });
});

describe('fitting', () => {
  it('fills or cuts to just that width', () => {
    expect(plainText(fitLine([span('ab')], 4))).toBe('ab  ');
    expect(plainText(fitLine([span('ab'), span('cdef')], 4))).toBe('abc…');
    expect(plainText(fitLine([span('日本語')], 4))).toBe('日… ');
  });
});

describe('what a terminal is sent', () => {
  it('obeys nothing that came with a text', () => {
    expect(encodeLine([span('a\x1b[31m\u202eb\x9b', { bold: true })], true)).toBe('\x1b[1ma?[31m?b?\x1b[0m');
  });

  it('has colours only where they are wanted', () => {
    const line = [span('x', { colour: 'red', inverse: true })];
    expect(encodeLine(line, true)).toBe('\x1b[7;31mx\x1b[0m');
    expect(encodeLine(line, false)).toBe('\x1b[7mx\x1b[0m');
  });

  it('is only what changed', () => {
    const painter = new Painter(false);
    painter.paint({ lines: [[span('one')], [span('two')]] });
    const changed = painter.paint({ lines: [[span('one')], [span('2')]] });
    expect(changed).toContain('\x1b[2;1H\x1b[K2');
    expect(changed).not.toContain('one');
    expect(painter.paint({ lines: [[span('one')], [span('2')]] })).toBe('');
    painter.forget();
    expect(painter.paint({ lines: [[span('one')], [span('2')]] })).toContain('one');
  });

  it('is only the columns that changed, where each letter takes one', () => {
    const painter = new Painter(false);
    painter.paint({ lines: [[span('█........................█')]] });
    const changed = painter.paint({ lines: [[span('▀.'), span('.......................▄')]] });
    expect(changed).toContain('\x1b[1;1H▀\x1b[1;26H▄');
    painter.paint({ lines: [[span('日.')]] });
    expect(painter.paint({ lines: [[span('日,')]] })).toContain('\x1b[1;1H\x1b[K日,');
  });

  it('erases nothing behind a row, where the last letter of a full one would go', () => {
    expect(new Painter(false).paint({ lines: [[span('full')], [span('rows')]] })).not.toMatch(/[a-z]\x1b\[K/);
  });
});
