/** All projections, in the order in which they may rely on one another. */
import { foldAccounts } from './accounts.ts';
import { foldAnswers } from './answers.ts';
import { foldCluster } from './cluster.ts';
import { foldHistory } from './history.ts';
import { foldInboxes } from './inboxes.ts';
import { foldMatches } from './matches.ts';
import type { RowWriter } from './rows.ts';
import { foldSessions } from './sessions.ts';
import type { StoredEvent } from './stored.ts';

/**
 * Raised with every change of what any projection writes: a node whose rows are of another version folds its log
 * again when it starts, and state hashes are compared only at equal versions.
 */
export const PROJECTION_VERSION = 5;

const folds = [
  foldCluster,
  foldAccounts,
  foldSessions,
  foldInboxes,
  foldMatches,
  foldHistory,
  foldAnswers,
] as const;

/** Total: a stored event never makes it throw, whatever it says. */
export function project(rows: RowWriter, stored: StoredEvent): void {
  for (const fold of folds) fold(rows, stored);
}
