/** Events to text and back. What is not known is refused by the name of the field; nothing is guessed. */
import type { z } from 'zod';
import { type DomainEvent, type EventType, eventSchemas } from './domain.ts';
import { upcast } from './upcasters.ts';

export class CodecError extends Error {
  override readonly name = 'CodecError';
  /** Path of the offending field, such as `data.text`; empty when the whole is unreadable. */
  readonly field: string;

  constructor(field: string, message: string, options?: ErrorOptions) {
    super(field ? `${field}: ${message}` : message, options);
    this.field = field;
  }
}

/** The first problem that a schema found, with the path of its field. */
export function codecError(error: z.ZodError, where = ''): CodecError {
  const issue = error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(where ? [where] : []), ...(issue?.path ?? []), ...unknown].map(String).join('.');
  return new CodecError(path, unknown.length ? 'unknown field' : (issue?.message ?? 'not understood'));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CodecError('', 'not JSON', { cause });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Nothing that anybody says nests deeper than a few levels; half a megabyte of brackets costs 100 times what it should. */
const depthMax = 16;

/** What came from outside. @throws {CodecError} */
export function parseBytes(data: Uint8Array): unknown {
  if (nestsDeeper(data, depthMax)) throw new CodecError('', `nested deeper than ${depthMax} levels`);
  let text: string;
  try {
    text = utf8.decode(data);
  } catch (cause) {
    throw new CodecError('', 'not UTF-8', { cause });
  }
  return parseJson(text);
}

function nestsDeeper(data: Uint8Array, most: number): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < data.length; at++) {
    const byte = data[at];
    if (byte === ascii.quote) isString = !isString;
    else if (isString) at += byte === ascii.backslash ? 1 : 0;
    else if (byte === ascii.bracket || byte === ascii.brace) depth++;
    else if (byte === ascii.bracketEnd || byte === ascii.braceEnd) depth--;
    if (depth > most) return true;
  }
  return false;
}

const ascii = { quote: 0x22, backslash: 0x5c, bracket: 0x5b, bracketEnd: 0x5d, brace: 0x7b, braceEnd: 0x7d };

/** One line of JSON; JSON escapes line breaks, so a line holds exactly one event. */
export function encodeEvent(event: DomainEvent): string {
  return JSON.stringify(event);
}

/** @throws {CodecError} naming the field that is unknown, missing or wrong. */
export function decodeEvent(line: string): DomainEvent {
  const raw = parseJson(line);
  if (typeof raw !== 'object' || raw === null) throw new CodecError('', 'an event is an object');
  const event = upcast(raw as Record<string, unknown>);
  const type = event.type as EventType;
  if (!Object.hasOwn(eventSchemas, type))
    throw new CodecError('type', `unknown kind of event ${JSON.stringify(type)}`);
  const parsed = eventSchemas[type].safeParse(event);
  if (!parsed.success) throw codecError(parsed.error);
  return parsed.data as DomainEvent;
}
