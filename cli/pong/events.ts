/** What can happen to Pong on a terminal, and what it wants done about it. */
import type { MatchView } from '../../src/client/matches.ts';
import type { Shown } from '../../src/client/pong/seat.ts';
import type { Direction, Side } from '../../src/client/pong.ts';
import type { Key } from '../tui/keys.ts';
import type { Size } from '../tui/terminal.ts';
import type { LineNews, Note, Result, State } from './state.ts';

/** `nowMs`: milliseconds since 1970. */
export type Event =
  | { readonly type: 'key'; readonly key: Key; readonly nowMs: number }
  | { readonly type: 'released'; readonly name: string }
  | { readonly type: 'releasesTold' }
  | { readonly type: 'resized'; readonly size: Size }
  | { readonly type: 'line'; readonly line: LineNews; readonly nowMs: number }
  /** One's own matches that are not over. */
  | {
      readonly type: 'matches';
      readonly matches: readonly MatchView[];
      readonly results: readonly Result[];
    }
  /** A match, as the log has it now. */
  | { readonly type: 'match'; readonly match: MatchView; readonly nowMs: number }
  | { readonly type: 'seated'; readonly match: MatchView; readonly side: Side | undefined }
  | { readonly type: 'frame'; readonly shown: Shown | undefined; readonly nowMs: number }
  | { readonly type: 'note'; readonly text: string; readonly tone: Note['tone']; readonly nowMs: number };

export type Effect =
  | { readonly do: 'steer'; readonly direction: Direction }
  | { readonly do: 'invite'; readonly name: string }
  | { readonly do: 'practise'; readonly level: 'easy' | 'hard' }
  | { readonly do: 'sit'; readonly match: MatchView }
  | { readonly do: 'join' | 'decline' | 'ready' | 'pause' | 'forfeit' | 'rematch'; readonly match: string }
  /** Away from the match. */
  | { readonly do: 'leave' }
  | { readonly do: 'quit' }
  | { readonly do: 'suspend' }
  | { readonly do: 'redraw' };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}
