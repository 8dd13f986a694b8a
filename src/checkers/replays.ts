/**
 * Replays (P8): when all is over, every session played back is what was committed, each message at its own time.
 *
 * That what a replay shows is the log's, word for word and in order, is checked as of any read, by sessions.ts. A replay
 * has to be more than that: whole, because nobody writes any more when it is asked for, and timed. And one that nobody
 * asked for proves nothing: where a history has replays, it has them of every session that somebody is left to ask for.
 */
import type { MessageRead, Operation, OperationOf } from './history.ts';
import type { KnownLog, KnownSession } from './known-log.ts';
import { type Violation, violation } from './violation.ts';

type Read = OperationOf<'read'>;

export function checkReplays(operations: readonly Operation[], log: KnownLog): Violation[] {
  const replays = operations.filter(isReplay);
  if (replays.length === 0) return [];
  const played = new Set<string>();
  for (const { args, completion } of replays)
    if (completion?.outcome === 'ok' && 'session' in args) played.add(args.session);
  return [
    ...replays.flatMap((replay) => checkReplay(replay, log)),
    ...[...log.sessions].flatMap(([id, session]) =>
      played.has(id) || !isAnybodyLeft(session, log)
        ? []
        : violation('P8', `${id} was not played back to anybody`, session.messages[0] ?? null),
    ),
  ];
}

function isReplay(operation: Operation): operation is Read {
  return operation.op === 'read' && operation.args.what === 'replay';
}

function isAnybodyLeft({ participants }: KnownSession, log: KnownLog): boolean {
  return [...participants].some(
    (user) => log.users.has(user) && log.users.get(user)?.deletedAt === undefined,
  );
}

function checkReplay(replay: Read, log: KnownLog): Violation[] {
  const { args, client, completion } = replay;
  if (completion?.outcome !== 'ok' || !('session' in args)) return [];
  const { messages = [] } = completion.result;
  const untimed = messages.find((message) => !isTimed(message, messages[0]));
  const missing = log.seenBy(replay.user, args.session)?.[messages.length];
  return [
    ...(untimed
      ? [violation('P8', `${client} played ${args.session} back at another pace`, untimed, replay)]
      : []),
    ...(missing
      ? [violation('P8', `${client} played ${args.session} back, and its end was missing`, missing, replay)]
      : []),
  ];
}

/** Its stamp is the log's, or sessions.ts says so: then the pause is the difference of two stamps. */
function isTimed({ at, offset_ms }: MessageRead, first: MessageRead | undefined): boolean {
  return offset_ms === at - (first?.at ?? at);
}
