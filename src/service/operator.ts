/** What a node tells its operator: status, log, past states, verification; committed data only. And one word it takes. */
import { z } from 'zod';
import { CodecError, codecError, parseBytes } from '../events/codec.ts';
import { limits } from '../events/limits.ts';
import { type Refusal, refusal } from '../events/refusals.ts';
import type { Bus, BusMessage, Subscription } from '../ports/bus.ts';
import { clusterTable } from '../projections/tables.ts';
import { operatorSubjects, parseSubject } from '../protocol/subjects.ts';
import type { Copy } from '../replication/copy.ts';
import type { Replica } from '../replication/replica.ts';
import { type Verification, verifyStore } from '../replication/verify.ts';
import { actorsPage, historyPage } from './actor-pages.ts';
import { roleOf } from './figures.ts';
import type { Frames } from './frames.ts';
import { isEventType, loggedEvents, unknownType } from './logged.ts';
import { type Remains, stateOf } from './past.ts';
import type { Pasts } from './pasts.ts';
import type { RecentMarks } from './recent-marks.ts';

const natural = z.int().min(0);
const eventType = z.string().refine(isEventType, { message: unknownType });
const disclosure = { bodies: z.boolean().default(true) };
/** So that a search through a long log is answered in portions. */
const scannedMax = 20_000;

export const operatorQueries = {
  status: z.strictObject({}),
  log: z.strictObject({
    from: natural,
    to: natural.nullable(),
    types: z.array(eventType).max(16).nullable(),
    limit: z.int().min(1).max(limits.pageMax),
    ...disclosure,
  }),
  state: z.strictObject({
    session: z.string().max(limits.idLengthMax).nullable(),
    user: z.string().max(limits.nameLengthMax).nullable(),
    actor: z.string().max(limits.idLengthMax).nullable().default(null),
    at: natural.nullable(),
    ...disclosure,
  }),
  /** Every user and session there is, by row: `after` is the last row of the page before. */
  actors: z.strictObject({ after: z.string().max(limits.idLengthMax).nullable() }),
  /** What an actor consumed after a position. */
  history: z.strictObject({
    actor: z.string().max(limits.idLengthMax),
    after: natural,
    limit: z.int().min(1).max(limits.pageMax),
    ...disclosure,
  }),
  verify: z.strictObject({}),
  /** The operator's word that these are lost for good: the one query that changes something. */
  'give-up': z.strictObject({ nodes: z.array(z.string().max(limits.idLengthMax)).max(limits.pageMax) }),
} as const;

export type OperatorQuery = keyof typeof operatorQueries;

/** A copy that is open, and what is kept beside it for operators. */
export interface OpenCopy {
  readonly copy: Copy;
  readonly frames: Frames;
  readonly marks: RecentMarks;
  readonly pasts: Pasts;
}

export interface OperatorService {
  readonly replica: Replica;
  /** Undefined while the node has no copy that it can answer from. */
  open(): OpenCopy | undefined;
  /** Milliseconds since this node started. */
  uptimeMs(): number;
  /** Attached clients, where this node leads. */
  clients(): number;
  readonly pid: number;
  /** Where this node is watched. */
  readonly http: string;
}

export function answerOperators(bus: Bus, service: OperatorService): Subscription {
  // An answer that cannot leave, as when the connection was closed meanwhile, is nobody's death.
  const handle = (message: BusMessage) => void receive(message, service).catch(() => undefined);
  const own = bus.subscribe(operatorSubjects.query(service.replica.id, '*'), handle);
  const all = bus.subscribe(operatorSubjects.query(operatorSubjects.all, '*'), handle);
  return {
    stop: () => {
      own.stop();
      all.stop();
    },
  };
}

async function receive(message: BusMessage, service: OperatorService): Promise<void> {
  const { last: name } = parseSubject(message.subject);
  const answer = await answerQuery(name, message.data, service).catch((error: unknown) =>
    refusal(error instanceof CodecError ? 'malformed' : 'not-now', (error as Error).message),
  );
  const node = service.replica.id;
  message.respond(JSON.stringify('code' in answer ? { node, refused: answer } : { node, answer }));
}

/** Whoever finds that its copy cannot be trusted says so, and answers nobody from it any more. */
async function verifyOwn(copy: Copy): Promise<Verification> {
  const found = await verifyStore(copy.store);
  // Frames that another generation replaces meanwhile look like damage, once.
  if (!found.ok && !(await verifyStore(copy.store)).ok)
    copy.distrust(`verified: from position ${found.first_bad} on ${found.reason}`);
  return found;
}

async function answerQuery(
  name: string,
  data: Uint8Array,
  service: OperatorService,
): Promise<object | Refusal> {
  if (!Object.hasOwn(operatorQueries, name))
    return refusal('malformed', `There is no operator query ${name.slice(0, 32)}.`);
  if (name === 'status') return status(service);
  const open = service.open();
  if (!open)
    return refusal('not-now', `This node has no copy to answer from: it is ${service.replica.state}.`);
  const raw = parseBytes(data);
  switch (name as Exclude<OperatorQuery, 'status'>) {
    case 'verify':
      return await verifyOwn(open.copy);
    case 'give-up': {
      const query = operatorQueries['give-up'].safeParse(raw);
      if (!query.success) return refusal('malformed', codecError(query.error).message);
      service.replica.giveUp(query.data.nodes);
      return query.data;
    }
    case 'log': {
      const query = operatorQueries.log.safeParse(raw);
      return query.success
        ? await logPage(query.data, open)
        : refusal('malformed', codecError(query.error).message);
    }
    case 'state': {
      const query = operatorQueries.state.safeParse(raw);
      return query.success
        ? await stateOf(query.data, pastOf(open), query.data)
        : refusal('malformed', codecError(query.error).message);
    }
    case 'actors': {
      const query = operatorQueries.actors.safeParse(raw);
      return query.success
        ? await actorsPage(query.data.after, open.copy)
        : refusal('malformed', codecError(query.error).message);
    }
    case 'history': {
      const query = operatorQueries.history.safeParse(raw);
      return query.success
        ? await historyPage(query.data, pastOf(open))
        : refusal('malformed', codecError(query.error).message);
    }
  }
}

function status({ replica, open, uptimeMs, clients, pid, http }: OperatorService) {
  const held = open();
  const { leader } = replica.leader;
  return {
    role: roleOf(replica),
    state: replica.state,
    problem: replica.problem ?? null,
    waits_for: replica.waitsFor,
    leader,
    ...(held ? standing(held) : nothing),
    clients: clients(),
    pid,
    http,
    uptime_ms: Math.round(uptimeMs()),
  };
}

function standing({ copy, marks }: OpenCopy) {
  const { mark, stored, store } = copy;
  const cluster = clusterTable.get(copy.rows);
  return {
    generation: stored.generation,
    promised: store.standing.promised,
    epoch: stored.epoch,
    frame: mark.number,
    position: mark.position,
    state_hash: mark.state,
    version: mark.version,
    stored: stored.number,
    recent: marks.list(),
    members: cluster?.members ?? [],
    copies: cluster?.copies ?? 0,
    copies_wanted: cluster?.wanted ?? 0,
    min_copies: cluster?.minCopies ?? 0,
  };
}

function pastOf({ copy: { store, rows, mark }, frames, pasts }: OpenCopy): Remains {
  return { store, rows, frames, mark, pasts };
}

const nothing: ReturnType<typeof standing> = {
  generation: 0,
  promised: 0,
  epoch: 0,
  frame: 0,
  position: 0,
  state_hash: '',
  version: 0,
  stored: 0,
  recent: [],
  members: [],
  copies: 0,
  copies_wanted: 0,
  min_copies: 0,
};

async function logPage(
  query: z.infer<(typeof operatorQueries)['log']>,
  { copy: { mark }, frames }: OpenCopy,
) {
  const to = Math.min(query.to ?? mark.position, mark.position);
  const events: object[] = [];
  let sizeBytes = 0;
  for await (const event of loggedEvents(frames, mark.number, query.from, to, query)) {
    const isFull = events.length === query.limit || sizeBytes >= limits.answerBytesMax;
    if (isFull || event.position - query.from >= scannedMax) return { events, next: event.position };
    if (query.types !== null && !query.types.includes(event.type)) continue;
    events.push(event);
    sizeBytes += Buffer.byteLength(JSON.stringify(event));
  }
  return { events, next: null };
}
