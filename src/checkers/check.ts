/** All checkers over one history and what the nodes kept. */
import { checkAccounts } from './accounts.ts';
import { checkDeliveries } from './deliveries.ts';
import { checkHashes } from './hashes.ts';
import { type HistoryEvent, operationsOf } from './history.ts';
import { KnownLog } from './known-log.ts';
import type { Effort } from './linearizability.ts';
import { byLength, type NodeRecord } from './log.ts';
import { checkOrder } from './order.ts';
import { checkReplays } from './replays.ts';
import { checkSends } from './sends.ts';
import { checkReads } from './sessions.ts';
import type { Violation } from './violation.ts';

/**
 * Empty if everything is as promised. Where nodes disagree, what clients saw is judged by the longest log; that nodes
 * disagree is among the violations then. @throws {BrokenHistory}
 */
export function check(
  history: readonly HistoryEvent[],
  nodes: readonly NodeRecord[],
  effort: Effort = {},
): Violation[] {
  const operations = operationsOf(history);
  const log = new KnownLog(byLength(nodes)[0]?.log ?? []);
  return [
    ...checkSends(operations, nodes),
    ...checkOrder(operations, log),
    ...checkDeliveries(history, log),
    ...checkReads(history, operations, log),
    ...checkReplays(operations, log),
    ...checkAccounts(operations, effort),
    ...checkHashes(nodes),
  ];
}
