/** Pong on a terminal, as one value: where one is, what is held, what is shown. */
import type { LineState } from '../../src/client/client.ts';
import type { MatchView } from '../../src/client/matches.ts';
import type { Shown } from '../../src/client/pong/seat.ts';
import type { Side } from '../../src/client/pong.ts';
import type { Size } from '../tui/terminal.ts';
import { type Held, nothingHeld } from './held.ts';

export interface LineNews {
  readonly state: LineState;
  readonly leader: string | null;
  readonly epoch: number;
}

export interface Result {
  readonly name: string;
  readonly won: number;
  readonly lost: number;
}

/** Where matches are chosen. */
export interface Hall {
  readonly kind: 'hall';
  /** Of one's own, that are not over; newest first. */
  readonly matches: readonly MatchView[];
  readonly results: readonly Result[];
  readonly chosen: number;
  /** The name that is being typed, of whom to invite. */
  readonly typed: string | undefined;
}

export interface AtMatch {
  readonly kind: 'match';
  readonly match: MatchView;
  /** Undefined for somebody who looks on. */
  readonly side: Side | undefined;
  /** Undefined before anything was heard of the game. */
  readonly shown: Shown | undefined;
  /** The other one has asked for a rematch. */
  readonly isRematchAsked: boolean;
  /** What is to be confirmed. */
  readonly question: 'forfeit' | 'leave' | undefined;
}

export interface Note {
  readonly text: string;
  readonly tone: 'quiet' | 'problem';
  readonly untilMs: number;
}

export interface State {
  readonly size: Size;
  readonly me: string;
  readonly line: LineNews;
  readonly place: Hall | AtMatch;
  /** Whether there is a hall to go back to, or leaving a match leaves all. */
  readonly hasHall: boolean;
  readonly held: Held;
  readonly hasOverlay: boolean;
  readonly note: Note | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export const emptyHall: Hall = { kind: 'hall', matches: [], results: [], chosen: 0, typed: undefined };

export function initialState(size: Size, me: string, hasHall: boolean, nowMs: number): State {
  return {
    size,
    me,
    line: { state: 'connecting', leader: null, epoch: 0 },
    place: emptyHall,
    hasHall,
    held: nothingHeld,
    hasOverlay: false,
    note: undefined,
    nowMs,
  };
}

export function sideOf({ players }: Pick<MatchView, 'players'>, name: string): Side | undefined {
  if (players[0] === name) return 0;
  return players[1] === name ? 1 : undefined;
}

/** What can be done differs by this. */
export type Where =
  | 'hall'
  | 'typing'
  | 'asked'
  /** Nobody has joined yet; one is invited; both are there and somebody is not ready; it is played. */
  | 'waiting'
  | 'invited'
  | 'readying'
  /** The other one is not ready yet. */
  | 'readied'
  | 'playing'
  | 'over'
  | 'watching';

export function whereIs({ place }: State): Where {
  if (place.kind === 'hall') return place.typed === undefined ? 'hall' : 'typing';
  const { match, side, question } = place;
  if (question) return 'asked';
  if (side === undefined) return 'watching';
  if (match.state === 'over') return 'over';
  if (match.state === 'lobby' && !match.joined[side]) return 'invited';
  if (match.state === 'lobby' && !match.joined[side === 0 ? 1 : 0]) return 'waiting';
  if (isPlayed(match)) return 'playing';
  return match.ready[side] ? 'readied' : 'readying';
}

export function isPlayed({ state }: MatchView): boolean {
  return state === 'countdown' || state === 'rally' || state === 'point';
}
