/** Who came and went while a session lasted: of one participant at a time, newest first, from the events of the account. */
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import { hashToken } from '../events/tokens.ts';
import type { StoredEvent } from '../projections/stored.ts';
import { names } from '../projections/tables.ts';
import type { QueryAnswer, QueryRequest } from '../protocol/queries.ts';
import type { PassageView } from '../protocol/views.ts';
import type { Copy } from '../replication/copy.ts';
import { sessionFor, sightOf } from './belonging.ts';
import type { Walks } from './walk.ts';

/** Events that one question looks at: most of an account's are none of these. */
const eventsPerLook = 2_000;

/** Nothing of before the session or after its last message, and nothing of when one of the two was not in it. */
export async function passagesOf(
  { rows }: Copy,
  walks: Walks,
  user: string,
  { session, name, before, limit }: QueryRequest<'passages'>,
): Promise<QueryAnswer<'passages'> | Refusal> {
  const [sight, row] = [sightOf(rows, user, session), sessionFor(rows, user, session)];
  if (!sight || !row) return refusal('unknown-session');
  const other = names.get(rows, canonicalName(name));
  const theirs = other === undefined ? undefined : sightOf(rows, other, session);
  if (other === undefined || !theirs) return refusal('unknown-user');
  const from = Math.max(sight.from, theirs.from);
  const isSeen = (position: number) => sight.covers(position) && theirs.covers(position);
  const passages: PassageView[] = [];
  let looked = 0;
  for await (const entry of walks.back(other, before)) {
    if (entry.event.at < row.openedAt || entry.position < from) break;
    const passage = passageFrom(entry);
    if (passage && passage.at <= row.lastAt && isSeen(entry.position)) passages.push(passage);
    if (passages.length === limit || ++looked === eventsPerLook) return { passages, next: entry.position };
  }
  return { passages, next: null };
}

/** Which client it was is told by a word that says no more than that it is the same or another. */
function passageFrom({ event, position }: StoredEvent): PassageView | undefined {
  if (event.type !== 'CameOnline' && event.type !== 'WentOffline') return undefined;
  const client = hashToken(event.data.client).slice(0, 8);
  return { kind: event.type === 'CameOnline' ? 'came' : 'went', client, at: event.at, position };
}
