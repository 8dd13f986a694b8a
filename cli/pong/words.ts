/** Matches in words. */
import type { MatchView } from '../../src/client/matches.ts';
import { visible } from '../render/text.ts';
import { isPlayed, sideOf } from './state.ts';

/** In a list, for one of its players or anybody. */
export function matchState(match: MatchView, me?: string): string {
  const [left, right] = match.score;
  if (match.state === 'over') return howItEnded(match, me);
  if (match.state === 'paused') return `${left} : ${right}, paused`;
  if (isPlayed(match)) return `${left} : ${right}, being played`;
  const side = me === undefined ? undefined : sideOf(match, me);
  if (match.joined[0] && match.joined[1]) return 'about to begin';
  if (side !== undefined && !match.joined[side]) return 'you are invited';
  return 'not accepted yet';
}

/** What is said of a match to which somebody is invited; undefined of all others. */
export function invitationFor(match: MatchView, me: string): string | undefined {
  const side = sideOf(match, me);
  if (match.state !== 'lobby' || side === undefined || match.joined[side]) return undefined;
  return `${visible(match.by)} invites you to a match of Pong`;
}

/** `bob wins 5 : 3`. */
export function howItEnded({ winner, reason, players, score, by }: MatchView, me?: string): string {
  const who = (side: 0 | 1) => (players[side] === me ? 'you' : visible(players[side]));
  const wins = (side: 0 | 1) => (players[side] === me ? 'win' : 'wins');
  switch (reason) {
    case 'declined':
      return by === me ? 'the invitation was declined or withdrawn' : 'declined or withdrawn';
    case 'expired':
      return 'it took too long: nobody has won';
    default: {
      if (winner === null) return 'over';
      const [own, others] = winner === 0 ? score : [score[1], score[0]];
      const why = reason === 'forfeit' ? `: ${who(winner === 0 ? 1 : 0)} gave up` : '';
      return `${who(winner)} ${wins(winner)} ${own} : ${others}${why}`;
    }
  }
}
