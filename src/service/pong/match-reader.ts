/** Answers about matches: which there are and were, what was played, who won how often. Every account may ask for all. */
import { deadlineOf } from '../../actors/match/decide.ts';
import type { MatchState } from '../../actors/match/state.ts';
import { canonicalName } from '../../events/names.ts';
import { type Refusal, refusal } from '../../events/refusals.ts';
import { numberKey, type Rows } from '../../projections/rows.ts';
import { matches, matchesByTime, matchesOf, names, rematches, results } from '../../projections/tables.ts';
import type { QueryAnswer, QueryRequest } from '../../protocol/queries.ts';
import type { MatchView, PlayView } from '../../protocol/views.ts';
import type { Copy } from '../../replication/copy.ts';
import type { Frames } from '../frames.ts';
import { Queues } from '../queue.ts';
import { nameOf } from '../views.ts';

/** Matches that one question looks at. */
const matchesPerLook = 500;
const lastKey = '~';

export class MatchReader {
  readonly #copy: Copy;
  readonly #frames: Frames;
  readonly #queues: Queues;

  constructor(copy: Copy, frames: Frames) {
    this.#copy = copy;
    this.#frames = frames;
    this.#queues = new Queues(copy.store, frames);
  }

  one({ match }: QueryRequest<'match'>): MatchView | Refusal {
    const row = matches.get(this.#copy.rows, match);
    return row ? viewMatch(this.#copy.rows, row) : refusal('unknown-match', 'There is no such match.');
  }

  async list(request: QueryRequest<'matches'>): Promise<QueryAnswer<'matches'> | Refusal> {
    const { player, isOpen, before, limit } = request;
    const { rows } = this.#copy;
    const user = player === null ? undefined : names.get(rows, canonicalName(player));
    if (player !== null && user === undefined) return refusal('unknown-user');
    const key = (rest: string) => (user === undefined ? matchesByTime.key(rest) : matchesOf.key(user, rest));
    const to = key(before === null ? lastKey : numberKey(Math.max(0, before - 1)));
    const range = { from: key(''), to, limit: matchesPerLook, reverse: true };
    const found: MatchView[] = [];
    let last: number | null = null;
    const looked = await this.#copy.store.rangeRows(range);
    for (const [place, text] of looked) {
      last = Number(place.slice(key('').length));
      const row = matches.get(rows, JSON.parse(text) as string); // rows of those tables hold ids of matches
      const isWanted = isOpen === null || (row && row.state !== 'over') === isOpen;
      if (row && isWanted) found.push(viewMatch(rows, row));
      if (found.length === limit) return { matches: found, next: last };
    }
    return { matches: found, next: looked.length < matchesPerLook ? null : last };
  }

  async play({ match, after, limit }: QueryRequest<'play'>): Promise<QueryAnswer<'play'> | Refusal> {
    if (!matches.get(this.#copy.rows, match)) return refusal('unknown-match', 'There is no such match.');
    const play: PlayView[] = [];
    const places = await this.#queues.history(match, after, limit);
    for (const [position, frame] of places) {
      const { event } = await this.#frames.event(position, frame);
      if (event.type !== 'PlayRecorded' && event.type !== 'PointScored') continue;
      play.push({ position, at: event.at, to: event.data.to, play: event.data.play });
    }
    return { play, next: places.length < limit ? null : (places.at(-1)?.[0] ?? null) };
  }

  async results(user: string): Promise<QueryAnswer<'results'>> {
    const { rows, store } = this.#copy;
    const range = { from: results.key(user, ''), to: results.key(user, lastKey), limit: matchesPerLook };
    const found = (await store.rangeRows(range)).flatMap(([key]) => {
      const other = results.rest(key, user);
      const row = results.get(rows, user, other);
      return row ? [{ name: opponentName(rows, other), ...row }] : [];
    });
    return { results: found };
  }
}

export function viewMatch(rows: Rows, match: MatchState): MatchView {
  const { id, state, players, bot, by, joined, ready, score, points, tick, rules, seed, openedAt } = match;
  const { sinceAt, pausedBy, winner, reason, continues } = match;
  return {
    match: id,
    state: state === 'unopened' ? 'over' : state, // no leader writes what nobody has opened
    players: [nameOf(rows, players[0]), opponentName(rows, players[1] ?? bot ?? '')],
    bot,
    by: nameOf(rows, by),
    joined: [...joined],
    ready: [...ready],
    score: [...score],
    points,
    tick,
    rules,
    seed,
    openedAt,
    endedAt: state === 'over' ? sinceAt : null,
    deadline: deadlineOf(match),
    pausedBy: state === 'paused' ? pausedBy : null,
    winner,
    reason,
    continues,
    rematch: rematches.get(rows, id) ?? null,
  };
}

function opponentName(rows: Rows, id: string): string {
  return id === 'easy' || id === 'hard' ? `${id} bot` : nameOf(rows, id);
}
