/** Histories and logs by hand: each call writes one line or one entry, and what happened reads from top to bottom. */

import type { HistoryEvent, Invocation, Result } from '../../../src/checkers/history.ts';
import { KnownLog } from '../../../src/checkers/known-log.ts';
import type { LogEntry, NodeRecord } from '../../../src/checkers/log.ts';
import type { DomainEvent, EventData, EventType } from '../../../src/events/domain.ts';
import type { RefusalCode } from '../../../src/events/refusals.ts';

type Part = Invocation extends infer I
  ? I extends { op: infer O; args: infer A }
    ? { op: O; args: A }
    : never
  : never;
type Outcome =
  | { readonly ok: Result }
  | { readonly refused: string; readonly position?: number }
  | 'unknown'
  | 'not-sent'
  | 'killed';

/** From, to. */
type Times = readonly [number, number];

export class Log {
  readonly entries: LogEntry[] = [];
  #atMs = 1_000;

  register(name: string, id = `u-${name}`): number {
    const data = { user: id, name, skeletons: [], passwordHash: 'p', recoveryHash: 'r' };
    return this.add('UserRegistered', data, { user: `g-${name}`, id: `r-${name}` });
  }

  open(session: string, ...participants: string[]): number {
    return this.add('SessionOpened', { session, participants: participants.sort(), continues: null });
  }

  post(from: string, id: string, text: string, session: string): number {
    return this.add('MessagePosted', { session, from, text }, { user: from, id });
  }

  refuse(user: string, id: string, code: RefusalCode): number {
    return this.add('CommandRefused', { code, message: '' }, { user, id });
  }

  shown(user: string, upTo: number): number {
    return this.add('ItemsShown', { user, upTo });
  }

  delete(user: string): number {
    return this.add('AccountDeleted', { user });
  }

  add<T extends EventType>(type: T, data: EventData<T>, cause?: { user: string; id: string }): number {
    this.#atMs += 10;
    const event = { type, at: this.#atMs, data, ...(cause ? { cause: { ...cause, digest: '' } } : {}) };
    const position = this.entries.length + 1;
    this.entries.push({ position, frame: position, event: event as unknown as DomainEvent }); // type and data go together
    return position;
  }

  get known(): KnownLog {
    return new KnownLog(this.entries);
  }
}

export class History {
  readonly events: HistoryEvent[] = [];
  readonly #calls = new Map<string, number>();
  readonly #orders = new Map<string, number>();

  /** An operation with its outcome; the client `ann.1` is Ann's, `g-ann.1` a guest. */
  did(client: string, id: string, part: Part, [from, to]: Times, outcome: Outcome): void {
    this.complete(this.invoke(client, id, part, from), to, outcome);
  }

  invoke(client: string, id: string, part: Part, invoked_ms: number): { client: string; call: number } {
    const call = (this.#calls.get(client) ?? 0) + 1;
    this.#calls.set(client, call);
    const common = { type: 'invoke', client, call, name: nameOf(client), invoked_ms } as const;
    const user = client.startsWith('g-') ? null : `u-${nameOf(client)}`;
    const named = part.op === 'read' ? {} : { id };
    this.events.push({ ...common, user, ...named, ...part } as Invocation); // user and id follow from the operation
    return { client, call };
  }

  complete({ client, call }: { client: string; call: number }, completed_ms: number, outcome: Outcome): void {
    const completed = { type: 'complete', client, call, completed_ms } as const;
    if (outcome === 'killed') return;
    if (typeof outcome === 'string') this.events.push({ ...completed, outcome });
    else if ('ok' in outcome) this.events.push({ ...completed, outcome: 'ok', result: outcome.ok });
    else {
      const { refused: code, ...place } = outcome;
      this.events.push({ ...completed, outcome: 'refused', code, ...place });
    }
  }

  send(client: string, id: string, to: string, text: string, times: Times, outcome: Outcome): void {
    this.did(client, id, { op: 'send', args: { to, text } }, times, outcome);
  }

  follow(client: string, delivers = true): void {
    this.events.push({ type: 'follow', ...whose(client), delivers, followed_ms: 0 });
  }

  end(client: string): void {
    this.events.push({ type: 'end', client, ended_ms: 0 });
  }

  /** What the log has at a position; with `item` it came back there. */
  show(client: string, { entries }: Log, position: number, item?: number): void {
    const order = (this.#orders.get(client) ?? 0) + 1;
    this.#orders.set(client, order);
    this.events.push({
      type: 'deliver',
      ...whose(client),
      order,
      kind: item === undefined ? 'message' : 'returned',
      item: item ?? position,
      ...messageAt(entries, position),
      delivered_ms: 0,
    });
  }

  /** Plays a session back, with the pauses that the stamps of those positions make. */
  replay(client: string, { entries }: Log, session: string, positions: readonly number[]): void {
    const said = positions.map((position) => messageAt(entries, position));
    const messages = said.map((message) => ({ ...message, offset_ms: message.at - said[0]!.at }));
    this.did(client, '', { op: 'read', args: { what: 'replay', session } }, [0, 0], { ok: { messages } });
  }

  /** Reads a session as the log has it at the positions given. */
  read(
    client: string,
    { entries }: Log,
    session: string,
    positions: readonly number[],
    result: Omit<Result, 'messages'> = {},
  ): void {
    const messages = positions.map((position) => messageAt(entries, position));
    const part = { op: 'read', args: { what: 'transcript', session } } as const;
    this.did(client, '', part, [0, 0], { ok: { ...result, messages } });
  }
}

/** `ann.1` is a client of Ann's. */
function nameOf(client: string): string {
  return client.replace(/^g-|\.\w+$/g, '');
}

function whose(client: string) {
  const name = nameOf(client);
  return { client, user: `u-${name}`, name };
}

function messageAt(entries: readonly LogEntry[], position: number) {
  const { event } = entries[position - 1] ?? {};
  if (event?.type !== 'MessagePosted') throw new Error(`no message stands at ${position}`);
  const { session, from, text } = event.data;
  return { id: event.cause?.id ?? '', session, from: from.slice(2), text, at: event.at, position };
}

/** Nodes that all hold the same. */
export function nodesWith({ entries }: Log): NodeRecord[] {
  return ['n1', 'n2', 'n3'].map((node) => ({ node, log: structuredClone(entries), hashes: [] }));
}

/** What was found, as a person would look at it first. */
export function promisesIn(found: readonly { readonly promise: string }[]): string[] {
  return found.map(({ promise }) => promise);
}
