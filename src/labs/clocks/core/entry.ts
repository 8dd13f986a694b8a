/**
 * What a machine's log holds: an entry an event, and one for each message that it refused, which is no event.
 *
 * Entries are kept as JSON in the machine's own log and as lines in a file for people; a line says all that its entry
 * does, so that the study reads what people read.
 */
import type { Vector } from './vector.ts';

/** `m1:12` is the twelfth event of m1. */
export interface EventName {
  readonly machine: string;
  readonly number: number;
}

export type EventKind = 'received' | 'sent' | 'broadcast' | 'internal';

interface Happened {
  /** 1, 2, … within its machine. */
  readonly number: number;
  /** The clock's tick at which it happened; a broadcast of several increments is several events of one tick. */
  readonly tick: number;
  /** Milliseconds since 1970 by the system. */
  readonly atMs: number;
  /** The Lamport clock after it. */
  readonly clock: number;
  readonly vector: Vector;
  /** Messages that wait after it. */
  readonly queue: number;
}

export interface Received extends Happened {
  readonly kind: 'received';
  readonly from: EventName;
}

export interface Sent extends Happened {
  readonly kind: 'sent' | 'broadcast';
  readonly to: readonly string[];
}

export interface Internal extends Happened {
  readonly kind: 'internal';
}

export type MachineEvent = Received | Sent | Internal;

/** Something arrived that is no message of this run: it changes nothing. */
export interface Refused {
  readonly kind: 'refused';
  readonly atMs: number;
  readonly clock: number;
  readonly reason: string;
}

export type Entry = MachineEvent | Refused;

export function isEvent(entry: Entry): entry is MachineEvent {
  return entry.kind !== 'refused';
}

export function nameOf({ machine, number }: EventName): string {
  return `${machine}:${number}`;
}

/** @returns undefined for what is no name of an event. */
export function eventNameFrom(text: string): EventName | undefined {
  const [, machine, number] = /^([a-z][a-z0-9-]{0,15}):(\d{1,15})$/.exec(text) ?? [];
  return machine === undefined ? undefined : { machine, number: Number(number) };
}

const isoTimes = new Map<number, string>();

/** A minute's worth of `toISOString`, which costs more than all else in a line: the seconds are remembered. */
function iso(atMs: number): string {
  const whole = Math.floor(atMs);
  const second = Math.floor(whole / 1_000);
  let head = isoTimes.get(second);
  if (head === undefined) {
    if (isoTimes.size > 100) isoTimes.clear();
    head = new Date(second * 1_000).toISOString().slice(0, -4);
    isoTimes.set(second, head);
  }
  return `${head}${String(whole - second * 1_000).padStart(3, '0')}Z`;
}

export function lineOf(entry: Entry): string {
  const at = iso(entry.atMs);
  if (entry.kind === 'refused') return `${at} clock ${entry.clock} refused ${entry.reason}`;
  const { clock, number, tick, vector, queue } = entry;
  return `${at} clock ${clock} event ${number} tick ${tick} queue ${queue} vector ${vector.join(',')} ${whatOf(entry)}`;
}

export function whatOf(entry: MachineEvent): string {
  switch (entry.kind) {
    case 'received':
      return `received ${nameOf(entry.from)}`;
    case 'internal':
      return 'internal';
    default:
      return `${entry.kind} to ${entry.to.join(',')}`;
  }
}

const eventLine =
  /^(\S{24}) clock (\d+) event (\d+) tick (\d+) queue (\d+) vector ([\d,]+) (received|sent to|broadcast to|internal)(?: (\S+))?$/;
const refusedLine = /^(\S{24}) clock (\d+) refused (.*)$/;

/** @returns undefined for what is no line of a log. */
export function entryFrom(line: string): Entry | undefined {
  const match = eventLine.exec(line);
  if (!match) {
    const [, at = '', clock, reason] = refusedLine.exec(line) ?? [];
    return reason === undefined
      ? undefined
      : { kind: 'refused', atMs: Date.parse(at), clock: Number(clock), reason };
  }
  const [, at = '', clock, number, tick, queue, vector = '', kind, rest = ''] = match;
  const happened = {
    number: Number(number),
    tick: Number(tick),
    atMs: Date.parse(at),
    clock: Number(clock),
    vector: vector.split(',').map(Number),
    queue: Number(queue),
  };
  if (kind === 'internal') return { kind, ...happened };
  if (kind !== 'received')
    return { kind: kind === 'sent to' ? 'sent' : 'broadcast', ...happened, to: rest.split(',') };
  const from = eventNameFrom(rest);
  return from && { kind, ...happened, from };
}
