/** What a node tells its operator: status, log, past states, verification. Read-only, committed data only. */
import { z } from 'zod';
import { codecError, parseJson } from '../events/codec.ts';
import { limits } from '../events/limits.ts';
import { canonicalName } from '../events/names.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Bus, BusMessage, Subscription } from '../ports/bus.ts';
import { clusterTable, names } from '../projections/tables.ts';
import { operatorSubjects, parseSubject } from '../protocol/subjects.ts';
import type { Replica } from '../replication/replica.ts';
import type { Frames } from './frames.ts';
import { isEventType, loggedEvents, unknownType } from './logged.ts';
import { pastState } from './past.ts';
import { RecentMarks } from './recent-marks.ts';
import { verifyStore } from './verify.ts';

const natural = z.int().min(0);
const eventType = z.string().refine(isEventType, { message: unknownType });
/** So that a search through a long log is answered in portions. */
const scannedMax = 20_000;

export const operatorQueries = {
  status: z.strictObject({}),
  log: z.strictObject({
    from: natural,
    to: natural.nullable(),
    type: eventType.nullable(),
    limit: z.int().min(1).max(limits.pageMax),
  }),
  state: z.strictObject({
    session: z.string().nullable(),
    user: z.string().nullable(),
    at: natural.nullable(),
  }),
  verify: z.strictObject({}),
} as const;

export type OperatorQuery = keyof typeof operatorQueries;

export interface OperatorService {
  readonly replica: Replica;
  readonly frames: Frames;
  /** Milliseconds since this node started. */
  uptimeMs(): number;
  /** Attached clients, where this node leads. */
  clients(): number;
  readonly pid: number;
}

export function answerOperators(bus: Bus, service: OperatorService): Subscription {
  const marks = new RecentMarks(service.replica.copy);
  const handle = (message: BusMessage) => void receive(message, service, marks);
  const own = bus.subscribe(operatorSubjects.query(service.replica.id, '*'), handle);
  const all = bus.subscribe(operatorSubjects.query(operatorSubjects.all, '*'), handle);
  return {
    stop: () => {
      own.stop();
      all.stop();
    },
  };
}

async function receive(message: BusMessage, service: OperatorService, marks: RecentMarks): Promise<void> {
  const { last: name } = parseSubject(message.subject);
  const answer = await answerQuery(name, message.data, service, marks).catch((error: unknown) =>
    refusal('not-now', (error as Error).message),
  );
  const node = service.replica.id;
  message.respond(JSON.stringify('code' in answer ? { node, refused: answer } : { node, answer }));
}

async function answerQuery(
  name: string,
  data: Uint8Array,
  service: OperatorService,
  marks: RecentMarks,
): Promise<object | Refusal> {
  if (!Object.hasOwn(operatorQueries, name))
    return refusal('malformed', `There is no operator query ${name}.`);
  const raw = parseJson(Buffer.from(data).toString());
  switch (name as OperatorQuery) {
    case 'status':
      return status(service, marks);
    case 'verify':
      return await verifyStore(service.replica.copy.store);
    case 'log': {
      const query = operatorQueries.log.safeParse(raw);
      return query.success
        ? await logPage(query.data, service)
        : refusal('malformed', codecError(query.error).message);
    }
    case 'state': {
      const query = operatorQueries.state.safeParse(raw);
      return query.success
        ? await state(query.data, service)
        : refusal('malformed', codecError(query.error).message);
    }
  }
}

function status({ replica, uptimeMs, clients, pid }: OperatorService, marks: RecentMarks) {
  const { mark, stored } = replica.copy;
  const { members = [], copies = 0 } = clusterTable.get(replica.copy.rows) ?? {};
  const { leader } = replica.leader;
  const isElected = replica.role === 'leader' && leader !== replica.id; // but its election is not committed yet
  return {
    role: isElected ? 'candidate' : replica.role,
    state: replica.state,
    epoch: stored.epoch,
    frame: mark.number,
    position: mark.position,
    state_hash: mark.state,
    version: mark.version,
    stored: stored.number,
    recent: marks.list(),
    leader,
    members,
    copies,
    clients: clients(),
    pid,
    uptime_ms: Math.round(uptimeMs()),
  };
}

async function logPage(
  query: z.infer<(typeof operatorQueries)['log']>,
  { replica, frames }: OperatorService,
) {
  const { mark } = replica.copy;
  const to = Math.min(query.to ?? mark.position, mark.position);
  const events: object[] = [];
  let sizeBytes = 0;
  for await (const event of loggedEvents(frames, mark.number, query.from, to)) {
    const isFull = events.length === query.limit || sizeBytes >= limits.answerBytesMax;
    if (isFull || event.position - query.from >= scannedMax) return { events, next: event.position };
    if (query.type !== null && event.type !== query.type) continue;
    events.push(event);
    sizeBytes += Buffer.byteLength(JSON.stringify(event));
  }
  return { events, next: null };
}

async function state(
  query: z.infer<(typeof operatorQueries)['state']>,
  { replica, frames }: OperatorService,
) {
  const { copy } = replica;
  const actor =
    query.session ?? (query.user === null ? undefined : names.get(copy.rows, canonicalName(query.user)));
  if (!actor) return refusal(query.user === null ? 'unknown-session' : 'unknown-user');
  const past = await pastState(
    copy.store,
    frames,
    actor,
    Math.min(query.at ?? copy.mark.position, copy.mark.position),
  );
  return (
    past ??
    refusal(query.user === null ? 'unknown-session' : 'unknown-user', 'It did not exist at that position.')
  );
}
