/** Who came and went while a session lasted: of one participant at a time, newest first, from the events of the account. */
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import { hashToken } from '../events/tokens.ts';
import type { StoredEvent } from '../projections/stored.ts';
import { names, sessions } from '../projections/tables.ts';
import type { QueryAnswer, QueryRequest } from '../protocol/queries.ts';
import type { PassageView } from '../protocol/views.ts';
import type { Copy } from '../replication/copy.ts';
import { sightOf } from './belonging.ts';
import type { Walks } from './walk.ts';

/** Events that one question looks at: most of an account's are none of these. */
const eventsPerLook = 2_000;

/** Nothing of before the session or after its last message, and nothing that the asking user could not see of it. */
export async function passagesOf(
  { rows }: Copy,
  walks: Walks,
  user: string,
  { session, name, before, limit }: QueryRequest<'passages'>,
): Promise<QueryAnswer<'passages'> | Refusal> {
  const [sight, row] = [sightOf(rows, user, session), sessions.get(rows, session)];
  if (!sight || !row) return refusal('unknown-session');
  const other = names.get(rows, canonicalName(name));
  if (other === undefined || !row.participants.includes(other)) return refusal('unknown-user');
  const passages: PassageView[] = [];
  let looked = 0;
  for await (const entry of walks.back(other, before)) {
    if (entry.event.at < row.openedAt || entry.position < sight.from) break;
    const passage = passageFrom(entry);
    if (passage && passage.at <= row.lastAt && sight.covers(entry.position)) passages.push(passage);
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
