/** Finding the match that is meant: one that waits already, or a new one. */
import type { UserClient } from '../../src/client/client.ts';
import type { MatchView } from '../../src/client/matches.ts';
import { isSameName } from '../../src/client/rules.ts';
import { sideOf } from './state.ts';

export const usualPoints = 5;

export interface Wanted {
  /** Whom to play against. */
  readonly with?: string;
  readonly bot?: 'easy' | 'hard';
  readonly points: number;
}

/** The match with somebody that is not over, accepted where one is invited; else a new one, to which they are invited. */
export async function matchWith(
  { line, matches }: Pick<UserClient, 'line' | 'matches'>,
  me: string,
  { with: name, bot, points }: Wanted,
  timeoutMs?: number,
): Promise<MatchView> {
  const asking = timeoutMs === undefined ? {} : { timeoutMs };
  await line.ready(timeoutMs);
  if (name === undefined)
    return await matches.get(await matches.open({ bot: bot ?? 'easy' }, points, asking), timeoutMs);
  for await (const match of matches.list({ player: me, isOpen: true }, timeoutMs)) {
    const side = sideOf(match, me);
    if (side === undefined || !isSameName(match.players[side === 0 ? 1 : 0], name) || match.bot !== null)
      continue;
    if (match.joined[side]) return match;
    await matches.join(match.match, asking);
    return await matches.get(match.match, timeoutMs);
  }
  return await matches.get(await matches.open({ name }, points, asking), timeoutMs);
}
