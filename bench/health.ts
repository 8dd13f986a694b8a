/** How a cluster is that something was done to. */
import { setTimeout as pause } from 'node:timers/promises';
import { assess } from '../src/operator/health.ts';
import type { Operator } from '../src/operator/operator.ts';

const settleMsMax = 60_000;

/** All are there and hold what is committed: each hit is one, not the second of two. */
export async function untilWell(operator: Operator, nodes: readonly string[]): Promise<void> {
  const untilMs = performance.now() + settleMsMax;
  for (;;) {
    const statuses = await operator.status(1_000, nodes.length).catch(() => []);
    const { leader, degraded } = assess([], statuses, [...nodes]);
    if (leader !== undefined && degraded.length === 0) return;
    if (performance.now() > untilMs)
      throw new Error(`not well again: ${leader} leads; ${degraded.join('; ')}`);
    await pause(50);
  }
}

export async function leaderOf(operator: Operator, nodes: readonly string[]): Promise<string> {
  const statuses = await operator.status(1_000, nodes.length);
  const leading = statuses.find(({ role }) => role === 'leader');
  if (!leading) throw new Error('nobody leads');
  return leading.node;
}
