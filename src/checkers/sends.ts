/**
 * Sends: every message that was acknowledged stands in every node's log, once, as it was sent; one that was refused or
 * never left stands nowhere; one whose outcome nobody knows stands there once or not at all (P1, P2, P6).
 *
 * A client may give the same message again under the same id, after a time-out or a restart, and then several outcomes
 * belong to one entry of the log. So attempts are gathered by user and id, and judged together with what the log has
 * under that id: an outcome that claims something must be borne out, and whatever stands there needs an attempt that may
 * have caused it. Logs are compared with each other first; what all nodes agree on is judged once.
 */
import { groupBy } from './grouping.ts';
import {
  type Completion,
  idReused,
  isOpen,
  isRecorded,
  type Operation,
  type OperationOf,
  type Result,
} from './history.ts';
import { KnownLog } from './known-log.ts';
import { byLength, type LogEntry, type NodeRecord } from './log.ts';
import { type Violation, violation } from './violation.ts';

type Send = OperationOf<'send'>;

export function checkSends(operations: readonly Operation[], nodes: readonly NodeRecord[]): Violation[] {
  const [reference, ...others] = byLength(nodes);
  if (!reference) return [violation('P1', 'no node has a log to show')];
  return [
    ...checkPlaces(reference),
    ...checkNode(operations, reference),
    ...others.flatMap((other) => {
      const differences = compareLogs(reference, other);
      return differences.length > 0 ? [...differences, ...checkNode(operations, other)] : [];
    }),
  ];
}

/** Where a log first differs from one that is at least as long. */
function compareLogs(reference: NodeRecord, { node, log }: NodeRecord): Violation[] {
  const index = reference.log.findIndex((entry, at) => !isSame(entry, log[at]));
  const entry = reference.log[index];
  if (!entry) return [];
  const other = log[index];
  const what = other
    ? `${node} has something else than ${reference.node} at position ${entry.position}`
    : `${node} has nothing at position ${entry.position}, where its log ends and that of ${reference.node} goes on`;
  return [violation('P2', what, { [reference.node]: entry, [node]: other })];
}

function isSame(entry: LogEntry, other: LogEntry | undefined): boolean {
  return entry === other || JSON.stringify(canonical(entry)) === JSON.stringify(canonical(other));
}

/** Without regard to the order of an entry's own fields, which depends on who wrote it down. */
function canonical(entry: LogEntry | undefined) {
  return entry && [entry.position, entry.frame, entry.event];
}

function checkPlaces({ node, log }: NodeRecord): Violation[] {
  return log.flatMap((entry, index) => {
    const before = log[index - 1];
    if (entry.position !== (before?.position ?? 0) + 1) {
      return violation('P2', `${node} has position ${entry.position} after ${before?.position ?? 0}`, entry);
    }
    if (!before || before.event.at <= entry.event.at) return [];
    return violation('order', `the stamps of ${node} fall at position ${entry.position}`, before, entry);
  });
}

function checkNode(operations: readonly Operation[], { node, log }: NodeRecord): Violation[] {
  const known = new KnownLog(log);
  const sends = operations.filter((operation) => operation.op === 'send');
  const attempts = groupBy(sends, ({ user, id }) => `${user}/${id}`);
  return [
    ...checkRepeats(known),
    ...checkOrigins(known, operations, attempts),
    ...[...attempts.values()].flatMap((all) => checkAttempts(all, known)),
  ].map(({ promise, what, evidence }) => ({ promise, what: `${node}: ${what}`, evidence }));
}

/** Commands of every kind, in the history or not. */
function checkRepeats(log: KnownLog): Violation[] {
  return [...log.answers].flatMap(([key, entries]) =>
    entries.length > 1 ? violation('P1', `${key} stands in the log ${entries.length} times`, ...entries) : [],
  );
}

/** What users of this history wrote, they wrote in this history. */
function checkOrigins(
  log: KnownLog,
  operations: readonly Operation[],
  attempts: ReadonlyMap<string, readonly Send[]>,
): Violation[] {
  const users = new Set(operations.map(({ user }) => user));
  return log.entries.flatMap((entry) => {
    const { event, position } = entry;
    if (event.type !== 'MessagePosted' || !users.has(event.data.from)) return [];
    const key = `${event.data.from}/${event.cause?.id}`;
    if (event.cause?.user === event.data.from && attempts.has(key)) return [];
    return violation('P9', `${event.data.from} did not send what stands at ${position}`, entry);
  });
}

/** All attempts have one user and one id. */
function checkAttempts(attempts: readonly Send[], log: KnownLog): Violation[] {
  const [first] = attempts;
  if (!first) return [];
  const [entry] = log.answersTo(first.user, first.id);
  const unfounded = attempts.flatMap((attempt) => checkAttempt(attempt, entry, log));
  if (unfounded.length > 0 || !entry || attempts.some((attempt) => mayHaveCaused(attempt, entry, log))) {
    return unfounded;
  }
  const outcomes = attempts.map(({ completion }) => completion?.outcome ?? 'unknown').join(' and ');
  const what = `${first.id} stands at ${entry.position}, but was ${outcomes}, or something else was sent`;
  return [violation('P6', what, entry, ...attempts)];
}

/** Whether the log bears out what the client was told. */
function checkAttempt(attempt: Send, entry: LogEntry | undefined, log: KnownLog): Violation[] {
  const { id, completion } = attempt;
  const evidence = entry ? [attempt, entry] : [attempt];
  if (completion?.outcome === 'ok' && !isAnswerTo(attempt, completion.result, entry, log)) {
    const what = `${id} was acknowledged at ${completion.result.position}, and is not there`;
    return [violation('P1', what, ...evidence)];
  }
  if (completion?.outcome === 'refused' && !isRefusalOf(attempt, completion, entry, log)) {
    const what = `${id} was refused with ${completion.code}, which the log does not say`;
    return [violation('P6', what, ...evidence)];
  }
  return [];
}

function isAnswerTo(
  attempt: Send,
  { position, session }: Result,
  entry: LogEntry | undefined,
  log: KnownLog,
): boolean {
  if (entry?.event.type !== 'MessagePosted' || !isContent(attempt, entry, log)) return false;
  return entry.position === position && entry.event.data.session === session;
}

function isRefusalOf(
  attempt: Send,
  { code, position }: Extract<Completion, { outcome: 'refused' }>,
  entry: LogEntry | undefined,
  log: KnownLog,
): boolean {
  if (code === idReused) return entry !== undefined && !isContent(attempt, entry, log);
  if (!isRecorded(code)) return true;
  return (
    entry?.event.type === 'CommandRefused' && entry.event.data.code === code && entry.position === position
  );
}

function mayHaveCaused(attempt: Send, entry: LogEntry, log: KnownLog): boolean {
  const { completion } = attempt;
  if (entry.event.type === 'CommandRefused') {
    return isOpen(attempt) || (completion?.outcome === 'refused' && isRecorded(completion.code));
  }
  return (isOpen(attempt) || completion?.outcome === 'ok') && isContent(attempt, entry, log);
}

/** Whether an entry is this message, to this addressee. */
function isContent({ user, args }: Send, { event }: LogEntry, log: KnownLog): boolean {
  if (event.type !== 'MessagePosted' || event.data.from !== user || event.data.text !== args.text)
    return false;
  if (args.session !== undefined) return event.data.session === args.session;
  const { participants = [], isGroup = false } = log.sessions.get(event.data.session) ?? {};
  const { to } = args;
  return (
    !isGroup &&
    to !== undefined &&
    [...participants].some((participant) => participant !== user && log.isNamed(participant, to))
  );
}
