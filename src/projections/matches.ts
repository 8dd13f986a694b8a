/** Matches: their state, who is in which, in which order they were opened, and how they ended. */
import { evolveMatch, initialMatch, type MatchEvent, type MatchState } from '../actors/match/state.ts';
import type { DomainEvent } from '../events/domain.ts';
import { numberKey, type RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { engagements, matches, matchesByTime, matchesOf, openMatches, rematches, results } from './tables.ts';

export function foldMatches(rows: RowWriter, { event, position }: StoredEvent): void {
  if (!isMatchEvent(event)) return;
  const id = event.data.match;
  const before = matches.get(rows, id) ?? initialMatch;
  const after = evolveMatch(before, event);
  rows.put(matches.key(id), after);
  if (event.type === 'MatchOpened') foldOpening(rows, after, position);
  else if (event.type === 'MatchJoined') engage(rows, event.data.player, id);
  if (after.state === 'over' && before.state !== 'over') foldEnd(rows, after);
}

export function isMatchEvent(event: DomainEvent): event is MatchEvent {
  return 'match' in event.data;
}

function foldOpening(rows: RowWriter, { id, by, players, continues }: MatchState, position: number): void {
  rows.put(openMatches.key(), [...(openMatches.get(rows) ?? []), id]);
  rows.add(matchesByTime.key(numberKey(position)), id);
  for (const player of players) if (player !== null) rows.add(matchesOf.key(player, numberKey(position)), id);
  if (continues !== null) rows.put(rematches.key(continues), id);
  engage(rows, by, id);
}

function engage(rows: RowWriter, user: string, match: string): void {
  rows.put(engagements.key(user), [...(engagements.get(rows, user) ?? []), match]);
}

function foldEnd(rows: RowWriter, { id, players, bot, winner }: MatchState): void {
  const open = openMatches.get(rows) ?? [];
  rows.put(
    openMatches.key(),
    open.filter((match) => match !== id),
  );
  for (const [side, player] of players.entries()) {
    if (player === null) continue;
    const own = (engagements.get(rows, player) ?? []).filter((match) => match !== id);
    if (own.length > 0) rows.put(engagements.key(player), own);
    else rows.delete(engagements.key(player));
    if (winner === null) continue;
    const other = players[1 - side] ?? bot ?? '';
    const { won, lost } = results.get(rows, player, other) ?? { won: 0, lost: 0 };
    const isWon = winner === side;
    rows.put(results.key(player, other), { won: won + (isWon ? 1 : 0), lost: lost + (isWon ? 0 : 1) });
  }
}
