/**
 * The line that is being typed, as a value: letters as people see them, the keys of Emacs that terminals have taught
 * everybody, what was typed before (Up, Down), and what was cut last (Ctrl-Y brings it back). Pure.
 */
import type { Key } from './keys.ts';
import { graphemes } from './width.ts';

export interface Editor {
  readonly before: string;
  readonly after: string;
  /** What Ctrl-Y brings back. */
  readonly cut: string;
  /** Lines entered, oldest first. */
  readonly history: readonly string[];
  /** Which of them is shown; undefined: none, but what is being typed. */
  readonly recalled: number | undefined;
  /** What was being typed before an older line was recalled. */
  readonly kept: string;
}

const historyMax = 500;

export const emptyEditor: Editor = {
  before: '',
  after: '',
  cut: '',
  history: [],
  recalled: undefined,
  kept: '',
};

export function textOf({ before, after }: Editor): string {
  return before + after;
}

/** The same, with another text in it and the cursor at its end. */
export function withText(editor: Editor, text: string, after = ''): Editor {
  return { ...editor, before: text, after };
}

/** The line was entered: it is empty, and what it held can be recalled. */
export function entered(editor: Editor): Editor {
  const text = textOf(editor);
  const isNew = text.trim() !== '' && editor.history.at(-1) !== text;
  const history = isNew ? [...editor.history, text].slice(-historyMax) : editor.history;
  return { ...withText(editor, ''), history, recalled: undefined, kept: '' };
}

/** @returns undefined for a key that edits nothing. */
export function edit(editor: Editor, key: Key): Editor | undefined {
  if (key.kind === 'key') return edits[key.name]?.(editor);
  const text = key.kind === 'paste' ? pasted(key.text) : key.text;
  return { ...editor, before: editor.before + text };
}

/** Lines stay lines, within one message; what else moves a cursor is left out. */
function pasted(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n+$/, '')
    .replace(/\t/g, '    ')
    .replace(/[^\P{Cc}\n]/gu, '');
}

const edits: Readonly<Record<string, (editor: Editor) => Editor>> = {
  left,
  'C-b': left,
  right,
  'C-f': right,
  home: toStart,
  'C-a': toStart,
  end: toEnd,
  'C-e': toEnd,
  'C-left': wordLeft,
  'M-left': wordLeft,
  'M-b': wordLeft,
  'C-right': wordRight,
  'M-right': wordRight,
  'M-f': wordRight,
  backspace: (editor) => ({ ...editor, before: left(editor).before }),
  delete: deleteRight,
  'C-d': deleteRight,
  'C-u': (editor) => ({ ...editor, before: '', cut: editor.before || editor.cut }),
  'C-k': (editor) => ({ ...editor, after: '', cut: editor.after || editor.cut }),
  'C-w': (editor) => cutLeft(editor, /\S*\s*$/),
  'M-backspace': (editor) => cutLeft(editor, /[\p{L}\p{N}\p{M}_]*[^\p{L}\p{N}\p{M}_]*$/u),
  'M-d': cutWordRight,
  'C-y': (editor) => ({ ...editor, before: editor.before + editor.cut }),
  'M-enter': (editor) => ({ ...editor, before: `${editor.before}\n` }),
  up: (editor) => recall(editor, (editor.recalled ?? editor.history.length) - 1),
  'C-p': (editor) => recall(editor, (editor.recalled ?? editor.history.length) - 1),
  down: (editor) => (editor.recalled === undefined ? editor : recall(editor, editor.recalled + 1)),
  'C-n': (editor) => (editor.recalled === undefined ? editor : recall(editor, editor.recalled + 1)),
};

function toStart(editor: Editor): Editor {
  return { ...editor, before: '', after: textOf(editor) };
}

function toEnd(editor: Editor): Editor {
  return { ...editor, before: textOf(editor), after: '' };
}

function left(editor: Editor): Editor {
  const last = graphemes(editor.before).at(-1) ?? '';
  return moved(editor, editor.before.length - last.length);
}

function right(editor: Editor): Editor {
  const [first = ''] = graphemes(editor.after);
  return moved(editor, editor.before.length + first.length);
}

function wordLeft(editor: Editor): Editor {
  return moved(editor, editor.before.replace(/\S*\s*$/, '').length);
}

function wordRight(editor: Editor): Editor {
  const [word = ''] = /^\s*\S*/.exec(editor.after) ?? [];
  return moved(editor, editor.before.length + word.length);
}

function moved(editor: Editor, at: number): Editor {
  const text = textOf(editor);
  return { ...editor, before: text.slice(0, at), after: text.slice(at) };
}

function deleteRight(editor: Editor): Editor {
  const [first = ''] = graphemes(editor.after);
  return { ...editor, after: editor.after.slice(first.length) };
}

function cutLeft(editor: Editor, what: RegExp): Editor {
  const [cut = ''] = what.exec(editor.before) ?? [];
  if (cut === '') return editor;
  return { ...editor, before: editor.before.slice(0, -cut.length), cut };
}

function cutWordRight(editor: Editor): Editor {
  const [cut = ''] = /^\s*\S*/.exec(editor.after) ?? [];
  return { ...editor, after: editor.after.slice(cut.length), cut: cut || editor.cut };
}

function recall(editor: Editor, index: number): Editor {
  if (index < 0) return editor;
  const kept = editor.recalled === undefined ? textOf(editor) : editor.kept;
  const line = editor.history[index];
  if (line === undefined) return { ...withText(editor, kept), recalled: undefined, kept: '' };
  return { ...withText(editor, line), recalled: index, kept };
}
