/**
 * Reads (P7, P8): a client sees its own writes, never goes back in time, and what it reads of a session, as a transcript
 * or played back, is what the log holds and what was shown live.
 *
 * A read cannot be compared with "the" state, for there is none: while it is under way others write. But it lies between
 * two positions. It is at least as new as everything that its client had been told or shown when it asked, and it shows
 * nothing beyond the position that came with it, because that is what the client's next read will be held to. Between
 * the two it may end anywhere; so messages must be those of the log from where the question began, all up to the lower
 * one and none beyond the upper one. What was shown live is compared with the log as well, by deliveries.ts, and two
 * things that equal the log equal each other.
 */
import { callKey, type HistoryEvent, type MessageRead, type Operation, type OperationOf } from './history.ts';
import type { KnownLog } from './known-log.ts';
import type { PostedEntry } from './log.ts';
import { type Violation, violation } from './violation.ts';

type Read = OperationOf<'read'>;

export function checkReads(
  history: readonly HistoryEvent[],
  operations: readonly Operation[],
  log: KnownLog,
): Violation[] {
  const seen = seenBefore(history);
  const reads = operations.filter((operation) => operation.op === 'read');
  return reads.flatMap((read) => {
    const floor = seen.get(callKey(read)) ?? 0;
    return [
      ...checkPosition(read, floor, log),
      ...checkQueue(read, floor, log),
      ...checkMessages(read, floor, log),
    ];
  });
}

/** By call: the highest position that its client had been told or shown when it was made. */
function seenBefore(history: readonly HistoryEvent[]): Map<string, number> {
  const seen = new Map<string, number>();
  const floors = new Map<string, number>();
  for (const event of history) {
    const floor = floors.get(event.client) ?? 0;
    if (event.type === 'invoke') seen.set(callKey(event), floor);
    else floors.set(event.client, Math.max(floor, positionIn(event)));
  }
  return seen;
}

function positionIn(event: Exclude<HistoryEvent, { type: 'invoke' }>): number {
  if (event.type === 'deliver') return event.item;
  if (event.type !== 'complete') return 0;
  if (event.outcome === 'refused') return event.position ?? 0;
  if (event.outcome !== 'ok') return 0;
  const { position = 0, messages = [] } = event.result;
  return Math.max(position, messages.at(-1)?.position ?? 0);
}

function checkPosition(read: Read, floor: number, log: KnownLog): Violation[] {
  if (read.completion?.outcome !== 'ok') return [];
  const { position } = read.completion.result;
  if (position === undefined) return [];
  const { client } = read;
  if (position < floor) {
    return [violation('P7', `${client} had seen position ${floor} and then read as of ${position}`, read)];
  }
  if (position <= log.last) return [];
  return [violation('P7', `${client} read as of ${position}, the log ends at ${log.last}`, read)];
}

/** What is said of the own queue is not older than what was seen. */
function checkQueue({ client, user, completion, ...read }: Read, floor: number, log: KnownLog): Violation[] {
  if (completion?.outcome !== 'ok') return [];
  const { last, shown } = completion.result;
  const end = log.queues.of(user).findLast(({ item }) => item <= floor)?.item ?? 0;
  if (last !== undefined && last < end) {
    const what = `${client} had seen position ${floor} and finds its queue, which goes on to ${end}, end at ${last}`;
    return [violation('P7', what, { ...read, completion })];
  }
  const mark = log.users.get(user)?.marks.findLast(({ position }) => position <= floor);
  if (!mark || shown === undefined || shown >= mark.upTo) return [];
  const what = `${client} had seen position ${floor}, where ${mark.upTo} was shown, and is told ${shown}`;
  return [violation('P7', what, { ...read, completion })];
}

function checkMessages(read: Read, floor: number, log: KnownLog): Violation[] {
  const { args, completion, client, user } = read;
  if (completion?.outcome !== 'ok' || !('session' in args)) return [];
  const { messages = [], more = false, position = log.last } = completion.result;
  const all = log.seenBy(user, args.session);
  if (!all) {
    return [violation('P9', `${client} read ${args.session}, which is not its user's`, read)];
  }
  const start = firstAfter(all, 'after' in args ? (args.after ?? 0) : 0);
  const wrong = messages.findIndex(
    (message, index) => !isSame(message, all[start + index], all[0], floor, log),
  );
  if (wrong >= 0) {
    const there = all[start + wrong];
    const what = `${client} read something in ${args.session} that the log does not have there`;
    return [violation(there ? 'P8' : 'P7', what, messages[wrong], there ?? null, read)];
  }
  const next = more ? undefined : all[start + messages.length];
  return checkExtent(read, messages.at(-1), next, { floor, position });
}

/** No message is missing that had to be there, and none is there that could not be. */
function checkExtent(
  read: Read,
  last: MessageRead | undefined,
  missing: PostedEntry | undefined,
  { floor, position }: { readonly floor: number; readonly position: number },
): Violation[] {
  if (missing && missing.position <= floor) {
    const what = `${read.client} had seen position ${floor} and does not find the message at ${missing.position}`;
    return [violation('P7', what, missing, read)];
  }
  if (!last || last.position <= position) return [];
  const what = `${read.client} read as of ${position} what stands at ${last.position}`;
  return [violation('P7', what, last, read)];
}

/** By halving: a session that is read page by page is long. */
function firstAfter(messages: readonly PostedEntry[], position: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle]!.position > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isSame(
  message: MessageRead,
  entry: PostedEntry | undefined,
  first: PostedEntry | undefined,
  floor: number,
  log: KnownLog,
): boolean {
  if (!entry) return false;
  const { position, event } = entry;
  const offset = event.at - (first?.event.at ?? 0);
  return (
    message.position === position &&
    message.id === event.cause?.id &&
    message.session === event.data.session &&
    message.text === event.data.text &&
    message.at === event.at &&
    (message.offset_ms ?? offset) === offset &&
    log.namesFor(event.data.from, floor).includes(message.from)
  );
}
