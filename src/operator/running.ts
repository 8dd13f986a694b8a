/** Longer questions to nodes that are running. */
import { z } from 'zod';
import { Unanswered } from '../client/errors.ts';
import type { Verification } from '../replication/verify.ts';
import type { LoggedEvent } from '../service/logged.ts';
import type { PastState, StateQuery } from '../service/past.ts';
import type { Operator } from './operator.ts';
import type { LogQuery, NodeVerification } from './stored.ts';

export type { PastState, StateQuery };

const pageSize = 500;
const findMs = 1_000;
/** A node reads its whole log for it. */
const verifyMsMax = 60 * 60_000;

const verificationSchema = z.custom<Verification>((value) => typeof value === 'object');
const logSchema = z.object({ events: z.array(z.custom<LoggedEvent>()), next: z.number().nullable() });
const stateSchema = z.custom<PastState>((value) => typeof value === 'object');

/** @throws {Unanswered} when no node answers. */
export async function furthestNode(
  operator: Operator,
  timeoutMs: number,
): Promise<{ readonly node: string; readonly position: number }> {
  const [furthest] = (await statuses(operator, timeoutMs)).sort((a, b) => b.position - a.position);
  return furthest!;
}

/** @returns what the nodes found that answer, and the ids of those that do not. */
export async function verifyNodes(
  operator: Operator,
  timeoutMs: number,
): Promise<{ found: NodeVerification[]; silent: string[] }> {
  const running = await statuses(operator, timeoutMs);
  const ids = running.map(({ node }) => node).sort();
  const found = await Promise.all(ids.map((node) => verifyNode(operator, node)));
  return { found, silent: (running[0]?.members ?? []).filter((member) => !ids.includes(member)) };
}

export async function verifyNode(operator: Operator, node: string): Promise<NodeVerification> {
  return { node, ...verificationSchema.parse(await operator.ask(node, 'verify', {}, verifyMsMax)) };
}

export async function* readLog(
  operator: Operator,
  node: string,
  query: LogQuery,
  timeoutMs: number,
): AsyncGenerator<LoggedEvent> {
  let from: number | null = query.from;
  while (from !== null) {
    const answer = await operator.ask(node, 'log', { ...query, from, limit: pageSize }, timeoutMs);
    const { events, next } = logSchema.parse(answer);
    yield* events;
    from = next;
  }
}

export async function stateAt(
  operator: Operator,
  node: string,
  query: StateQuery,
  timeoutMs: number,
): Promise<PastState> {
  return stateSchema.parse(await operator.ask(node, 'state', query, timeoutMs));
}

/** At least one. */
async function statuses(operator: Operator, timeoutMs: number) {
  const [any] = await operator.status(timeoutMs, 1);
  if (!any) throw new Unanswered('not-sent', 'no node answers');
  const all = await operator.status(Math.min(timeoutMs, findMs), any.members.length);
  return all.length > 0 ? all : [any];
}
