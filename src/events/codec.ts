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
