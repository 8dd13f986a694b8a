/** Invitations as a chat tells them: each once, and when it is gone. Pure. */
import type { MatchView } from '../../src/client/matches.ts';
import { visible } from '../render/text.ts';
import { sideOf } from './state.ts';
import { invitationFor } from './words.ts';

export interface Heard {
  /** Matches in whose lobby one waits or is waited for. */
  readonly invitations: readonly string[];
  /** What is to be told. */
  readonly text: string | undefined;
  readonly isInvited: boolean;
}

export function hearInvitation(invitations: readonly string[], match: MatchView, me: string): Heard {
  const isKnown = invitations.includes(match.match);
  const isOpen = match.state === 'lobby' && !(match.joined[0] && match.joined[1]);
  if (isOpen && sideOf(match, me) !== undefined) {
    const invitation = isKnown ? undefined : invitationFor(match, me);
    return {
      invitations: isKnown ? invitations : [...invitations, match.match],
      text: invitation && `${invitation}; /pong ${visible(match.by)} accepts`,
      isInvited: invitation !== undefined,
    };
  }
  return {
    invitations: isKnown ? invitations.filter((one) => one !== match.match) : invitations,
    text: isKnown ? goneText(match, me) : undefined,
    isInvited: false,
  };
}

/** Undefined where it was accepted. */
function goneText({ by, players, reason }: MatchView, me: string): string | undefined {
  const other = visible(players[players[0] === me ? 1 : 0]);
  const what =
    by === me ? `your invitation of ${other} to a match of Pong` : `${other}’s invitation to a match of Pong`;
  if (reason === 'expired') return `${what} has expired`;
  return reason === 'declined' ? `${what} was declined or withdrawn` : undefined;
}
