import type { MatchView } from '../../src/client/matches.ts';
import type { Output } from '../output.ts';
import { matchState } from '../pong/words.ts';
import { table } from './table.ts';
import { visible } from './text.ts';
import { iso } from './time.ts';

export async function printMatches(matches: readonly MatchView[], output: Output): Promise<void> {
  if (output.isJson) for (const match of matches) await output.emit(matchJson(match), '');
  else for (const line of renderMatches(matches, output)) await output.say(line);
}

function renderMatches(matches: readonly MatchView[], { palette }: Output): string[] {
  if (matches.length === 0) return ['no matches'];
  const columns = [{ title: 'match' }, { title: 'players' }, { title: 'opened' }, { title: 'how it stands' }];
  const rows = matches.map((match) => [
    match.match,
    match.players.map((name) => palette.name(visible(name))).join(' – '),
    iso(match.openedAt),
    matchState(match),
  ]);
  return table(columns, rows);
}

/** `alice 3 : 2 bob, being played`. */
export function scoreLine(match: MatchView): string {
  const [left, right] = match.players.map(visible);
  return `${left} ${match.score[0]} : ${match.score[1]} ${right}, ${match.state}`;
}

export function matchJson({
  match,
  state,
  players,
  by,
  score,
  points,
  tick,
  openedAt,
  endedAt,
  winner,
  reason,
}: MatchView) {
  return {
    match,
    state,
    players,
    by,
    score,
    points,
    ticks: tick,
    opened_at: iso(openedAt),
    ended_at: endedAt === null ? null : iso(endedAt),
    winner: winner === null ? null : players[winner],
    reason,
  };
}
