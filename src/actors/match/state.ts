/** The state of a match: a fold over its events. The machine and the projection share it. */
import type { EventData, EventOf } from '../../events/domain.ts';

export type MatchEvent = EventOf<
  | 'MatchOpened'
  | 'MatchJoined'
  | 'PlayerReady'
  | 'PlayRecorded'
  | 'PointScored'
  | 'MatchPaused'
  | 'MatchEnded'
>;

type Side = 0 | 1;
type Both<T> = readonly [T, T];

export interface MatchState {
  readonly state: 'unopened' | 'lobby' | 'countdown' | 'rally' | 'point' | 'paused' | 'over';
  readonly id: string;
  readonly by: string;
  /** User ids, left and right; null for a bot. */
  readonly players: readonly [string, string | null];
  readonly bot: EventData<'MatchOpened'>['bot'];
  readonly joined: Both<boolean>;
  /** For the countdown that is to begin; nobody once it has. A bot always is. */
  readonly ready: Both<boolean>;
  readonly points: number;
  readonly rules: number;
  readonly seed: number;
  readonly continues: string | null;
  readonly score: Both<number>;
  /** Up to which tick play is recorded. */
  readonly tick: number;
  readonly pausedBy: Side | null;
  /** How often each side has asked for a pause. */
  readonly pauses: Both<number>;
  readonly winner: Side | null;
  readonly reason: 'won' | EventData<'MatchEnded'>['reason'] | null;
  readonly openedAt: number;
  /** When the present state began; while it is played, when something was recorded last. */
  readonly sinceAt: number;
}

export const initialMatch: MatchState = {
  state: 'unopened',
  id: '',
  by: '',
  players: ['', ''],
  bot: null,
  joined: [false, false],
  ready: [false, false],
  points: 0,
  rules: 0,
  seed: 0,
  continues: null,
  score: [0, 0],
  tick: 0,
  pausedBy: null,
  pauses: [0, 0],
  winner: null,
  reason: null,
  openedAt: 0,
  sinceAt: 0,
};

export function evolveMatch(match: MatchState, event: MatchEvent): MatchState {
  const { at } = event;
  switch (event.type) {
    case 'MatchOpened':
      return opened(event);
    case 'MatchJoined':
      return { ...match, joined: [true, true], sinceAt: at };
    case 'PlayerReady':
      return readied(match, event.data.player, at);
    case 'PlayRecorded':
      return { ...match, state: 'rally', tick: event.data.to, sinceAt: at };
    case 'PointScored':
      return scored({ ...match, tick: event.data.to, sinceAt: at }, event.data.by);
    case 'MatchPaused':
      return paused({ ...match, sinceAt: at }, event.data);
    case 'MatchEnded': {
      const { reason, winner } = event.data;
      return { ...match, state: 'over', reason, winner, sinceAt: at };
    }
    default:
      return event satisfies never;
  }
}

/** @returns undefined for whoever does not play in it. */
export function sideOf({ players }: MatchState, user: string): Side | undefined {
  const side = players.indexOf(user);
  return side < 0 ? undefined : (side as Side);
}

/** Whether nobody is missing any more when that player is ready. */
export function areReadyWith(match: MatchState, player: string): boolean {
  return readied(match, player, 0).state === 'countdown';
}

export function isMatchPoint({ score, points }: MatchState, by: Side): boolean {
  return score[by] + 1 >= points;
}

function withSide<T>(both: Both<T>, side: Side, value: T): Both<T> {
  return side === 0 ? [value, both[1]] : [both[0], value];
}

function opened({ at, data }: EventOf<'MatchOpened'>): MatchState {
  const { match: id, by, players, bot, points, rules, seed, continues } = data;
  const isBot = players[1] === null;
  const lobby = { state: 'lobby', id, by, players, bot, points, rules, seed, continues } as const;
  return {
    ...initialMatch,
    ...lobby,
    joined: [players[0] === by, isBot || players[1] === by],
    ready: [false, isBot],
    openedAt: at,
    sinceAt: at,
  };
}

/** Who is ready first makes nobody's time longer. */
function readied(match: MatchState, player: string, at: number): MatchState {
  const side = sideOf(match, player);
  if (side === undefined) return match;
  const ready = withSide(match.ready, side, true);
  if (!ready[0] || !ready[1]) return { ...match, ready };
  return { ...match, state: 'countdown', ready: nobodyBut(match), pausedBy: null, sinceAt: at };
}

function scored(match: MatchState, by: Side): MatchState {
  const score = withSide(match.score, by, match.score[by] + 1);
  if (!isMatchPoint(match, by)) return { ...match, state: 'point', score };
  return { ...match, state: 'over', score, winner: by, reason: 'won' };
}

/** Only what was asked for is counted: nobody is away as often as they like. */
function paused(match: MatchState, { player, isAway }: EventData<'MatchPaused'>): MatchState {
  const side = sideOf(match, player) ?? 0;
  const pauses = isAway ? match.pauses : withSide(match.pauses, side, match.pauses[side] + 1);
  return { ...match, state: 'paused', ready: nobodyBut(match), pausedBy: side, pauses };
}

/** Nobody is ready but the bot. */
function nobodyBut({ players }: MatchState): Both<boolean> {
  return [false, players[1] === null];
}
