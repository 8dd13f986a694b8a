/** What a match makes of a command. Pure: the time and every id come in on the command. */
import type { EventData, Fact } from '../../events/domain.ts';
import { type Decision, facts, refuse } from '../decision.ts';
import type { MatchSnapshot } from './machine.ts';
import { type MatchEvent, type MatchState, sideOf } from './state.ts';

export type MatchCommand =
  | ({ readonly type: 'OpenMatch' } & EventData<'MatchOpened'>)
  | { readonly type: 'Join' | 'Decline' | 'GetReady' | 'Pause' | 'Forfeit'; readonly player: string }
  /** Of the leader itself: what its court has played, who is away, what took too long. */
  | ({ readonly type: 'RecordPlay' } & Omit<EventData<'PlayRecorded'>, 'match'>)
  | ({ readonly type: 'ScorePoint' } & Omit<EventData<'PointScored'>, 'match'>)
  | { readonly type: 'SendAway'; readonly player: string }
  | { readonly type: 'Expire' };

/** So long an invitation stands, and a match that was joined waits for both to be ready. */
const lobbyMs = 5 * 60_000;
/** So long a match is paused; then whoever is not ready has forfeited it. */
const pausedMs = 60_000;
/** So long after its invitation a match that is played ends all the same, and nobody has won. */
const matchMs = 60 * 60_000;
/** Of one player in one match. */
const pausesMax = 3;

/** When the present state ends by itself, in milliseconds since 1970; null: it does not. */
export function deadlineOf({ state, sinceAt, openedAt }: MatchState): number | null {
  if (state === 'unopened' || state === 'over') return null;
  if (state === 'lobby') return sinceAt + lobbyMs;
  return state === 'paused' ? sinceAt + pausedMs : openedAt + matchMs;
}

export function decideMatch(snapshot: MatchSnapshot, command: MatchCommand, at: number): Decision {
  const context = snapshot.context;
  const { id: match } = context;
  const ifPossible = (fact: Fact & Pick<MatchEvent, 'type'>): Decision =>
    snapshot.can({ ...fact, at } as MatchEvent) ? facts(fact) : refuse('not-possible');
  switch (command.type) {
    case 'OpenMatch': {
      const { type: _, ...data } = command;
      return ifPossible({ type: 'MatchOpened', data });
    }
    case 'Join':
      return ifPossible({ type: 'MatchJoined', data: { match, player: command.player } });
    case 'Decline': {
      const { player } = command;
      if (context.joined[0] && context.joined[1])
        return refuse('not-possible', 'It was joined already; forfeit it.');
      return ifPossible({ type: 'MatchEnded', data: { match, reason: 'declined', player, winner: null } });
    }
    case 'GetReady':
      return ifPossible({ type: 'PlayerReady', data: { match, player: command.player } });
    case 'Pause': {
      const { player } = command;
      const asked = context.pauses[sideOf(context, player) ?? 0];
      if (asked >= pausesMax) return refuse('not-possible', `You have paused this match ${pausesMax} times.`);
      return ifPossible({ type: 'MatchPaused', data: { match, player, isAway: false } });
    }
    case 'Forfeit':
      return ifPossible({ type: 'MatchEnded', data: forfeitedBy(context, command.player) });
    case 'RecordPlay':
      return ifPossible({ type: 'PlayRecorded', data: { match, to: command.to, play: command.play } });
    case 'ScorePoint': {
      const { to, play, by } = command;
      return ifPossible({ type: 'PointScored', data: { match, to, play, by } });
    }
    case 'SendAway':
      return ifPossible({ type: 'MatchPaused', data: { match, player: command.player, isAway: true } });
    case 'Expire':
      return at < (deadlineOf(context) ?? Number.POSITIVE_INFINITY)
        ? refuse('not-possible')
        : ifPossible({ type: 'MatchEnded', data: expired(context) });
    default:
      return command satisfies never;
  }
}

/** Before it is joined there is nothing to win. */
function forfeitedBy(match: MatchState, player: string): EventData<'MatchEnded'> {
  const isJoined = match.joined[0] && match.joined[1];
  const winner = sideOf(match, player) === 0 ? 1 : 0;
  const [reason, won] =
    isJoined && match.tick > 0 ? (['forfeit', winner] as const) : (['declined', null] as const);
  return { match: match.id, reason, player, winner: won };
}

/** Whoever waited has won against whoever did not come back; of an invitation, or where nobody waited, nobody. */
function expired(match: MatchState): EventData<'MatchEnded'> {
  const { id, ready, state, players } = match;
  const isWaiting = state === 'paused' && ready[0] !== ready[1];
  if (!isWaiting) return { match: id, reason: 'expired', player: null, winner: null };
  const winner = ready[0] ? 0 : 1;
  return { match: id, reason: 'forfeit', player: players[winner === 0 ? 1 : 0], winner };
}
