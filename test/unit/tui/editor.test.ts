import { describe, expect, it } from 'vitest';
import { type Editor, edit, emptyEditor, entered, textOf } from '../../../cli/tui/editor.ts';
import type { Key } from '../../../cli/tui/keys.ts';

/** Words between angle brackets are keys. */
function typed(script: string, editor: Editor = emptyEditor): Editor {
  return script.split(/(<[^>]+>)/).reduce((line, part) => {
    if (part === '') return line;
    if (part === '<enter>') return entered(line);
    const name = /^<(.+)>$/.exec(part)?.[1];
    const key: Key = name ? { kind: 'key', name } : { kind: 'text', text: part };
    return edit(line, key) ?? line;
  }, editor);
}

const shown = ({ before, after }: Editor) => `${before}|${after}`;

describe('the line that is typed', () => {
  it.each([
    ['hello', 'hello|'],
    ['hello<left><left>', 'hel|lo'],
    ['hello<C-a>x', 'x|hello'],
    ['hello<home><end>x', 'hellox|'],
    ['one two<C-w>', 'one |'],
    ['one two<C-w>three <C-y>', 'one three two|'],
    ['one two<C-left><C-k><C-a><C-y>', 'two|one '],
    ['one two<left><C-u>', '|o'],
    ['one<C-a><delete>', '|ne'],
    ['one two<C-a><M-f>', 'one| two'],
    ['a👩‍👩‍👧‍👦e\u0301<backspace><backspace>', 'a|'],
    ['日本<left>', '日|本'],
  ])('%s', (script, line) => {
    expect(shown(typed(script))).toBe(line);
  });

  it('recalls what was entered, and keeps what was being typed', () => {
    expect(shown(typed('one<enter>two<enter>thr<up>'))).toBe('two|');
    expect(shown(typed('one<enter>two<enter>thr<up><up><up>'))).toBe('one|');
    expect(shown(typed('one<enter>two<enter>thr<up><up><down><down>'))).toBe('thr|');
    expect(shown(typed('one<enter><down>'))).toBe('|');
  });

  it('takes what is pasted as text of one message', () => {
    const line = edit(emptyEditor, { kind: 'paste', text: 'one\r\ntwo\x1b[2J\tthree\n' })!;
    expect(textOf(line)).toBe('one\ntwo[2J    three');
  });

  it('leaves other keys to others', () => {
    expect(edit(emptyEditor, { kind: 'key', name: 'pgup' })).toBeUndefined();
  });
});
