/** What an event makes of the chat, and what several events do. Pure. */
import type { Effect } from './events.ts';
import { changed, currentOf, type State } from './state.ts';
import { type Note, withNote } from './window.ts';

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function quiet(state: State): Step {
  return { state, effects: [] };
}

export function noted(
  state: State,
  text: string,
  tone: Note['tone'],
  at: number,
  key = state.current,
): State {
  const note: Note = { type: 'note', id: `note-${state.notes}`, text, at, tone };
  const next = changed(state, key, (one) => ({
    ...one,
    scroll: undefined,
    window: withNote(one.window, note),
  }));
  return { ...next, notes: state.notes + 1 };
}

/** What was typed stays with the conversation it was typed for. */
export function goneTo(state: State, key: string): State {
  if (key === state.current || !state.conversations.some((one) => one.key === key)) return state;
  const { editor, aside } = state;
  const draft = aside ?? editor.before + editor.after;
  const left = changed(state, state.current, (one) => ({ ...one, draft, newAfter: undefined }));
  const arrived = changed(left, key, (one) => ({
    ...one,
    draft: '',
    newAfter: one.unread > 0 ? one.read : undefined,
  }));
  const text = currentOf({ ...left, current: key }).draft;
  return {
    ...arrived,
    current: key,
    editor: { ...editor, before: text, after: '', recalled: undefined },
    aside: undefined,
    search: undefined,
    completion: undefined,
  };
}
