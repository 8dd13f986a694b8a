/** Accounts: who exists, under which name, which tokens open what, who is online, who has read what. */
import { evolveUser, initialUser, type LogIn, type UserEvent, type UserState } from '../actors/user/state.ts';
import type { DomainEvent } from '../events/domain.ts';
import { canonicalName } from '../events/names.ts';
import type { RowWriter } from './rows.ts';
import type { StoredEvent } from './stored.ts';
import { looks, names, online, reads, tokens, users } from './tables.ts';

export function foldAccounts(rows: RowWriter, { event }: StoredEvent): void {
  if (!isUserEvent(event)) return;
  const before = users.get(rows, event.data.user) ?? initialUser;
  if (event.type === 'ConversationRead')
    rows.put(reads.key(event.data.conversation, event.data.user), event.data.upTo);
  const after = evolveUser(before, event);
  if (after === before) return;
  rows.put(users.key(event.data.user), after);
  if (event.type !== 'ItemsShown') foldIndexes(rows, before, after);
}

export function isUserEvent(event: DomainEvent): event is UserEvent {
  return 'user' in event.data;
}

/** Whatever the event was: the indexes follow from how the account looked before and after it. */
function foldIndexes(rows: RowWriter, before: UserState, after: UserState): void {
  if (before.name !== after.name) {
    if (before.name) rows.delete(names.key(canonicalName(before.name)));
    if (after.name) rows.put(names.key(canonicalName(after.name)), after.id);
  }
  if (before.skeletons !== after.skeletons) {
    for (const skeleton of before.skeletons) rows.delete(looks.key(skeleton));
    for (const skeleton of after.skeletons) rows.put(looks.key(skeleton), after.id);
  }
  for (const { tokenHash } of missing(before.logIns, after.logIns)) rows.delete(tokens.key(tokenHash));
  for (const { tokenHash, expiresAt } of missing(after.logIns, before.logIns))
    rows.put(tokens.key(tokenHash), { user: after.id, expiresAt });
  if (before.state !== after.state) {
    if (after.state === 'online') rows.put(online.key(after.id), 1);
    else if (before.state === 'online') rows.delete(online.key(after.id));
  }
}

/** Those of some that are not among the others. */
function missing(some: readonly LogIn[], others: readonly LogIn[]): LogIn[] {
  return some.filter(({ tokenHash }) => !others.some((other) => other.tokenHash === tokenHash));
}
