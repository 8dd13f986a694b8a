/** Where things stand on the screen. Pure. */
import type { Look } from './pane.ts';
import type { State } from './state.ts';

/** Below this a list beside the messages would leave too little for them. */
const listFromColumns = 72;
const listWidthMax = 24;
/** Title, status bar, line. */
const barRows = 3;

/** Columns of the list of conversations, its border included; 0: there is none. */
export function listWidth({ size: { columns }, conversations }: State): number {
  if (columns < listFromColumns || conversations.length < 2) return 0;
  return Math.min(listWidthMax, columns >> 2);
}

export function paneHeight({ size: { rows } }: State): number {
  return Math.max(1, rows - barRows);
}

export function lookOf(state: State): Look {
  const { me, settings, size, search, highlight } = state;
  const width = Math.max(10, size.columns - listWidth(state));
  return { me, settings, width, found: search?.text ?? highlight };
}
