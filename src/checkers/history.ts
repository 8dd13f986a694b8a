/**
 * A history: what clients asked for, what they were told and what they were shown, as it happened outside.
 *
 * Whoever judges a system by its own records believes the suspect. A history is therefore taken by those who drive the
 * clients, a simulation or a harness around real processes, and later compared with what the nodes kept. It is a file of
 * JSON lines, one event a line, so that a harness that is killed itself leaves everything but its last line behind.
 *
 * - `invoke` is written before an operation is given to a client, `complete` when its outcome is known. An operation
 *   that has no `complete` (the client was killed) has an unknown outcome.
 * - `follow` is written when a client begins to show its user's queue, `deliver` for each item it shows, and `end` when it
 *   is closed or killed, after everything that it still printed. A client without an `end` follows to the end of the
 *   history, which is taken when all is over and quiet: then it has been shown everything.
 * - All operations of all clients are there, from a time when no account existed.
 *
 * `*_ms` are milliseconds of one monotonic clock, with fractions where there are any; stamps `at` are the log's own, in
 * milliseconds since 1970; positions count the log's events from 1. Lines of one client stand in the order in which
 * things happened to it; of lines of different clients only the times tell. Passwords in histories are test data.
 */
import { z } from 'zod';
import { unrecorded } from '../events/refusals.ts';

const natural = z.int().min(0);
const ms = z.number().min(0);
const text = z.string();
/** One run of one client, unlike every other's: `ann.1`; started anew it is `ann.2`. */
const client = z.string().min(1);
/** Counts a client's operations: with the client it tells which completion belongs to which invocation. */
const call = natural;

const invocation = <T extends string, U extends z.ZodType, A extends z.ZodType>(op: T, user: U, args: A) =>
  z.strictObject({
    type: z.literal('invoke'),
    client,
    call,
    /** User id; guests have none. */
    user,
    /** Of the account that it is about: one's own, or the one that a guest names. */
    name: text,
    op: z.literal(op),
    /** Of the command, made by the client; the same one may be given again. */
    id: text,
    args,
    invoked_ms: ms,
  });

const guest = z.null();
/** Names the log-in by which the client is there, as the log-in did in its own `args`: a label, never the token. */
const token = text;
const readArgs = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('transcript'), session: text, after: natural.optional() }),
  /** The whole session, asked for when all is over and nobody writes any more. */
  z.strictObject({ what: z.literal('replay'), session: text }),
  z.strictObject({ what: z.enum(['inbox', 'sessions', 'users', 'whoami']) }),
]);

const invocationSchema = z.discriminatedUnion('op', [
  invocation('register', guest, z.strictObject({ password: text })),
  invocation('login', guest, z.strictObject({ password: text, token })),
  invocation('recover', guest, z.strictObject({ recovery_code: text, new_password: text })),
  /** `everywhere`: not that log-in alone, but every one of the account. */
  invocation('logout', text, z.strictObject({ token, everywhere: z.boolean().optional() })),
  invocation('passwd', text, z.strictObject({ password: text, new_password: text, token })),
  invocation('delete', text, z.strictObject({ token })),
  /** `to` a user, or to a group's `session`. */
  invocation('send', text, z.strictObject({ to: text.optional(), session: text.optional(), text })),
  /** What is done with groups: `open` with `members`, `invite` of a `member`, `leave`, `topic`. */
  invocation(
    'group',
    text,
    z.strictObject({
      what: z.enum(['open', 'invite', 'leave', 'topic']),
      session: text.optional(),
      members: z.array(text).optional(),
      topic: text.optional(),
    }),
  ),
  invocation('read', text, readArgs).omit({ id: true }),
]);

/** A message as a read shows it; `offset_ms`, of a replay: since the session's first message. */
const messageSchema = z.strictObject({
  id: text,
  session: text,
  from: text,
  text,
  at: natural,
  position: natural,
  offset_ms: ms.optional(),
});

/** What the client was told; which fields there are follows from the operation. */
const resultSchema = z.strictObject({
  /** Of a command: where it stands in the log. Of a read: up to where what it shows may reach, and no further. */
  position: natural.optional(),
  session: text.optional(),
  user: text.optional(),
  /** The account's next one; the one who is told it is the only one who knows it. */
  recovery_code: text.optional(),
  duplicate: z.boolean().optional(),
  /** Of an inbox: the last item of the queue. */
  last: natural.optional(),
  /** Of a whoami: the item up to which the queue was shown. */
  shown: natural.optional(),
  /** Of a transcript or replay. */
  messages: z.array(messageSchema).optional(),
  /** There is more than these, on a page that was not asked for. */
  more: z.boolean().optional(),
});

const completed = { type: z.literal('complete'), client, call, completed_ms: ms };
const completionSchema = z.discriminatedUnion('outcome', [
  z.strictObject({ ...completed, outcome: z.literal('ok'), result: resultSchema }),
  z.strictObject({ ...completed, outcome: z.literal('refused'), code: text, position: natural.optional() }),
  /** `unknown`: it may have happened, or may happen yet. `not-sent`: it certainly has not and will not. */
  z.strictObject({ ...completed, outcome: z.enum(['unknown', 'not-sent']) }),
]);

const whose = { client, user: text, name: text };
const followSchema = z.strictObject({
  type: z.literal('follow'),
  ...whose,
  /** Whether what it shows counts as delivered; a client that only peeks does not deliver. */
  delivers: z.boolean(),
  followed_ms: ms,
});

const deliverySchema = z.strictObject({
  type: z.literal('deliver'),
  ...whose,
  /** Counts what this client was shown, from 1. */
  order: natural.min(1),
  kind: z.enum(['message', 'returned', 'opened', 'joined', 'left', 'topic']),
  /** Place in the user's queue: the message's own, or where it came back. */
  item: natural,
  position: natural,
  id: text,
  session: text,
  from: text,
  text,
  at: natural,
  delivered_ms: ms,
});

const endSchema = z.strictObject({ type: z.literal('end'), client, ended_ms: ms });

export const historyEventSchema = z.discriminatedUnion('type', [
  invocationSchema,
  completionSchema,
  followSchema,
  deliverySchema,
  endSchema,
]);

export type Invocation = Readonly<z.infer<typeof invocationSchema>>;
export type Completion = Readonly<z.infer<typeof completionSchema>>;
export type Result = Readonly<z.infer<typeof resultSchema>>;
export type Follow = Readonly<z.infer<typeof followSchema>>;
export type Delivery = Readonly<z.infer<typeof deliverySchema>>;
export type MessageRead = Readonly<z.infer<typeof messageSchema>>;
export type HistoryEvent = Readonly<z.infer<typeof historyEventSchema>>;

/** An invocation with its completion, if it has one. */
export type Operation = Invocation & { readonly completion: Completion | undefined };
export type OperationOf<T extends Operation['op']> = Extract<Operation, { op: T }>;
/** What changes something, under an id of its own; everything but reads. */
export type Command = Exclude<Operation, { op: 'read' }>;

/** Not a history: a checker's verdict on it would mean nothing. */
export class BrokenHistory extends Error {
  override readonly name = 'BrokenHistory';
}

/** @returns a line, with its end. */
export function writeEvent(event: HistoryEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** A last line that was interrupted, as a harness that is killed leaves it behind, is left out. @throws {BrokenHistory} */
export function parseHistory(text: string): HistoryEvent[] {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const events = lines.flatMap((line, index) => (line === '' ? [] : parseEvent(line, index + 1)));
  return isWhole(rest) ? [...events, parseEvent(rest, lines.length + 1)] : events;
}

function parseEvent(line: string, number: number): HistoryEvent {
  const parsed = historyEventSchema.safeParse(parseLine(line, number));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BrokenHistory(`line ${number}: ${issue?.path.join('.')}: ${issue?.message}`);
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new BrokenHistory(`line ${number} is not JSON`, { cause });
  }
}

/** What ends before its object does is not JSON, so nothing that was cut off passes for a whole event. */
function isWhole(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** In the order of their invocations. @throws {BrokenHistory} */
export function operationsOf(history: readonly HistoryEvent[]): Operation[] {
  const invocations = new Map<string, Invocation>();
  const completions = new Map<string, Completion>();
  for (const event of history) {
    if (event.type !== 'invoke' && event.type !== 'complete') continue;
    const key = callKey(event);
    const isKnown = (event.type === 'invoke' ? invocations : completions).has(key);
    if (isKnown) throw new BrokenHistory(`${event.client} has two calls ${event.call}`);
    if (event.type === 'invoke') invocations.set(key, event);
    else if (invocations.has(key)) completions.set(key, event);
    else throw new BrokenHistory(`${event.client} completes call ${event.call} without having begun it`);
  }
  return [...invocations].map(([key, event]) => checked({ ...event, completion: completions.get(key) }));
}

/** Told with every result of that kind; without it nothing can be judged. */
const told = {
  register: [],
  login: ['user'],
  recover: [],
  logout: [],
  passwd: [],
  delete: [],
  send: ['position', 'session'],
  group: ['position'],
  read: [],
} as const satisfies Record<Operation['op'], readonly (keyof Result)[]>;

function checked(operation: Operation): Operation {
  const { op, client, call, completion, invoked_ms } = operation;
  if (completion && completion.completed_ms < invoked_ms)
    throw new BrokenHistory(`${client} completes call ${call} before it began it`);
  if (completion?.outcome !== 'ok') return operation;
  const isMessages = op === 'read' && 'session' in operation.args;
  const fields: readonly (keyof Result)[] = isMessages ? ['messages'] : told[op];
  const missing = fields.filter((field) => completion.result[field] === undefined);
  if (missing.length === 0) return operation;
  throw new BrokenHistory(`${client} completes call ${call}, a ${op}, without ${missing.join(' and ')}`);
}

/** Names an operation in its history. */
export function callKey({ client, call }: { readonly client: string; readonly call: number }): string {
  return `${client} ${call}`;
}

export function commandsOf(operations: readonly Operation[]): Command[] {
  return operations.filter((operation) => operation.op !== 'read');
}

/** Whether it may have been decided without anybody having heard of it. */
export function isOpen({ completion }: Operation): boolean {
  return completion === undefined || completion.outcome === 'unknown';
}

/** Says of one attempt that another one, under the same id, was for something else; nothing of it is in the log. */
export const idReused = 'id-reused';

/** Whether a refusal is the command's outcome for ever; the others decide nothing. */
export function isRecorded(code: string): boolean {
  const others: ReadonlySet<string> = unrecorded;
  return code !== idReused && !others.has(code);
}
