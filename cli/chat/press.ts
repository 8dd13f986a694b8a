/** What a key does, and what an entered line does. Pure. */
import { edit, entered, textOf, withText } from '../tui/editor.ts';
import type { Key } from '../tui/keys.ts';
import { type CommandName, commandOf, parseTyped } from './commands.ts';
import { completionOf, turned, unknownName } from './complete.ts';
import type { Effect, Ports } from './events.ts';
import { lookOf, paneHeight } from './layout.ts';
import { scrolled } from './pane.ts';
import { changed, currentOf, homeKey, type State } from './state.ts';
import { goneTo, noted, quiet, type Step } from './step.ts';
import { type Said, withSaid } from './window.ts';

export function pressed(state: State, key: Key, nowMs: number, ports: Ports): Step {
  if (state.question) return answering(state, key);
  if (state.search && key.kind === 'key') {
    const step = inSearch(state, key.name);
    if (step) return step;
  }
  const step = key.kind === 'key' ? anytime[key.name]?.(state) : undefined;
  if (step) return { ...step, state: { ...step.state, completion: undefined } };
  if (state.lock && !mayType(state, key)) return quiet(dropped(state, key));
  return typing(state, key, nowMs, ports);
}

function does(state: State, ...effects: Effect[]): Step {
  return { state, effects };
}

/** Keys that type nothing, and so work while nobody leads. */
const anytime: Readonly<Record<string, (state: State) => Step | undefined>> = {
  pgup: (state) => quiet(moved(state, paneHeight(state) - 2)),
  pgdn: (state) => quiet(moved(state, 2 - paneHeight(state))),
  'S-up': (state) => quiet(moved(state, 1)),
  'S-down': (state) => quiet(moved(state, -1)),
  'C-home': (state) => quiet(moved(state, Number.MAX_SAFE_INTEGER)),
  'C-end': (state) => quiet(changed(state, state.current, (one) => ({ ...one, scroll: undefined }))),
  'M-up': (state) => quiet(beside(state, -1)),
  'M-down': (state) => quiet(beside(state, 1)),
  'M-a': (state) => quiet(nextUnread(state)),
  'C-l': (state) => does(state, { do: 'redraw' }),
  'C-z': (state) => does(state, { do: 'suspend' }),
  'C-c': interrupted,
  'C-d': (state) =>
    textOf(state.editor) === '' ? does(state, { do: 'command', name: 'quit', argument: '' }) : undefined,
  ...Object.fromEntries(
    '1234567890'
      .split('')
      .map((digit, index) => [
        `M-${digit}`,
        (state: State) => quiet(goneTo(state, state.conversations[index]?.key ?? state.current)),
      ]),
  ),
};

function moved(state: State, rowsUp: number): State {
  const look = lookOf(state);
  return changed(state, state.current, (one) => ({
    ...one,
    loading: one.loading === 'underWay' ? one.loading : 'none',
    scroll: scrolled(one, look, paneHeight(state), rowsUp),
  }));
}

function beside(state: State, by: number): State {
  const { conversations, current } = state;
  const index = conversations.findIndex(({ key }) => key === current) + by;
  return goneTo(state, conversations[(index + conversations.length) % conversations.length]!.key);
}

/** Those in which one was named come first. */
function nextUnread(state: State): State {
  const { conversations } = state;
  const next =
    conversations.find(({ mentions }) => mentions > 0) ?? conversations.find(({ unread }) => unread > 0);
  return next ? goneTo(state, next.key) : state;
}

/** An empty line is left; what is under way first gets its last word. */
function interrupted(state: State): Step {
  if (textOf(state.editor) === '') return does(state, { do: 'interrupt' });
  const cut = textOf(state.editor);
  const editor = { ...withText(state.editor, state.aside ?? ''), cut, recalled: undefined };
  return quiet({ ...state, editor, aside: undefined, hole: 0 });
}

function answering(state: State, key: Key): Step {
  if (key.kind === 'key' && key.name === 'enter') {
    const text = textOf(state.editor);
    return does(cleared({ ...state, question: undefined }), { do: 'answer', text });
  }
  const isEnd = key.kind === 'key' && key.name === 'C-d' && textOf(state.editor) === '';
  if (isEnd || (key.kind === 'key' && (key.name === 'C-c' || key.name === 'escape')))
    return does(cleared({ ...state, question: undefined }), { do: 'answer', text: undefined });
  if (key.kind === 'key' && ['up', 'down', 'C-p', 'C-n', 'C-y', 'M-enter'].includes(key.name))
    return quiet(state);
  return quiet({ ...state, editor: edit(state.editor, key) ?? state.editor });
}

function inSearch(state: State, name: string): Step | undefined {
  const { search } = state;
  if (!search) return undefined;
  const choose = (chosen: number) =>
    quiet({
      ...state,
      search: { ...search, chosen: Math.max(0, Math.min(chosen, search.found.length - 1)) },
    });
  const page = paneHeight(state) - 1;
  switch (name) {
    case 'up':
      return choose(search.chosen + 1);
    case 'down':
      return choose(search.chosen - 1);
    case 'pgup':
      return choose(search.chosen + page);
    case 'pgdn':
      return choose(search.chosen - page);
    case 'escape':
    case 'C-c':
      return does({ ...state, search: undefined, highlight: '' }, { do: 'stopSearch' });
    case 'enter': {
      const found = search.found[search.chosen];
      if (!found || textOf(state.editor) !== '') return undefined;
      return does(state, { do: 'stopSearch' }, { do: 'show', found });
    }
    default:
      return undefined;
  }
}

/** While nobody leads only a command can be typed; what was typed before waits aside. */
function mayType({ aside, editor }: State, key: Key): boolean {
  return aside !== undefined || (key.kind === 'text' && key.text.startsWith('/') && editor.after === '');
}

function dropped(state: State, key: Key): State {
  const isTyped = key.kind !== 'key' || key.name === 'enter';
  if (!state.lock || !isTyped) return state;
  return { ...state, lock: { ...state.lock, dropped: state.lock.dropped + 1 } };
}

function typing(state: State, key: Key, nowMs: number, ports: Ports): Step {
  const name = key.kind === 'key' ? key.name : '';
  if (name === 'tab' || name === 'S-tab') return completed(state, name === 'tab' ? 1 : -1);
  if (name === 'enter') return enteredLine({ ...state, completion: undefined }, nowMs, ports);
  if (name === 'escape')
    return quiet({ ...(state.aside === undefined ? state : back(state)), highlight: '' });
  const isAside = state.lock !== undefined && state.aside === undefined;
  const line = isAside ? withText(state.editor, '') : state.editor;
  const editor = edit(line, key);
  if (!editor) return quiet(state);
  const aside = isAside ? textOf(state.editor) : state.aside;
  const isEmpty = textOf(editor) === '';
  const next = { ...state, editor, aside, completion: undefined, hole: isEmpty ? 0 : state.hole };
  const { id } = currentOf(state);
  const isTold = id !== undefined && key.kind !== 'key' && !editor.before.startsWith('/') && !state.lock;
  return isTold ? does(next, { do: 'typing', conversation: id }) : quiet(next);
}

function completed(state: State, by: 1 | -1): Step {
  const { before, after } = state.editor;
  const begun = state.completion ?? completionOf(state, before, after);
  if (!begun) {
    const prefix = unknownName(before);
    return prefix && !state.lock ? does(state, { do: 'lookUp', prefix }) : quiet(state);
  }
  const completion = turned(begun, by);
  const text = completion.before + completion.candidates[completion.index]!;
  return quiet({ ...state, completion, editor: withText(state.editor, text, completion.after) });
}

/** Back to what was being typed before a command. */
function back(state: State): State {
  return { ...state, editor: withText(state.editor, state.aside ?? ''), aside: undefined };
}

function cleared(state: State): State {
  return { ...state, editor: withText(state.editor, '') };
}

/**
 * Keys were lost while the line was typed: somebody who does not look at the screen would send a sentence with a hole. So
 * the first Enter after it only says so.
 */
function enteredLine(state: State, nowMs: number, ports: Ports): Step {
  const line = textOf(state.editor);
  const typed = parseTyped(line);
  if (typed.kind === 'nothing') return quiet(back({ ...state, hole: 0 }));
  if (state.hole > 0 && typed.kind === 'words' && state.aside === undefined)
    return quiet({ ...state, hole: 0 });
  const done = back({ ...state, editor: entered(state.editor) });
  if (typed.kind === 'unknown') {
    const hint = typed.nearest ? `did you mean /${typed.nearest}?` : '/help lists what there is.';
    return quiet(noted(done, `There is no /${typed.name}; ${hint}`, 'problem', nowMs));
  }
  if (typed.kind === 'words') return said(state, done, typed.text, nowMs, ports);
  if (state.lock && !commandOf(typed.name).isLocal) return quiet(noted(done, notNow, 'problem', nowMs));
  return commanded(done, typed.name, typed.argument);
}

const notNow = 'Not now: until somebody leads there are only /help, /status, /clear and /quit.';

function commanded(state: State, name: CommandName, argument: string): Step {
  return does(state, { do: 'command', name, argument });
}

function said(before: State, done: State, text: string, nowMs: number, ports: Ports): Step {
  const { key, kind, isOpen, session } = currentOf(done);
  if (before.lock) return quiet(noted(done, notNow, 'problem', nowMs));
  if (kind === 'home' || !isOpen) {
    const why =
      key === homeKey
        ? 'To whom? /query NAME talks with somebody from now on.'
        : 'Nobody would hear it: this conversation is closed.';
    return quiet(noted({ ...done, editor: before.editor }, why, 'problem', nowMs));
  }
  const id = ports.newId();
  const message: Said = {
    type: 'said',
    id,
    kind: 'message',
    from: done.me,
    text,
    at: nowMs,
    session: session ?? '',
    position: undefined,
    outcome: 'sending',
    isOwn: true,
  };
  const next = changed(done, key, (one) => ({
    ...one,
    scroll: undefined,
    newAfter: undefined,
    window: withSaid(one.window, message),
  }));
  return does(next, { do: 'send', key, id, text });
}
