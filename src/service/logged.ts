/** The log as people read it: one entry an event, with its place, time and Lamport stamp, and without secrets. */
import { type Disclosure, type DomainEvent, eventSchemas, redact } from '../events/domain.ts';
import type { Frames } from './frames.ts';

export interface LoggedEvent {
  readonly position: number;
  readonly frame: number;
  readonly epoch: number;
  readonly type: DomainEvent['type'];
  /** ISO 8601 with milliseconds. */
  readonly at: string;
  /** Lamport stamp. */
  readonly clock: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Whose command the event answers. */
  readonly cause?: { readonly user: string; readonly id: string };
}

export function isEventType(type: string): boolean {
  return Object.hasOwn(eventSchemas, type);
}

export const unknownType = `an event's type is one of ${Object.keys(eventSchemas).join(', ')}`;

/** Events at positions `from` to `to`, inclusive, out of the frames up to `lastFrame`. */
export async function* loggedEvents(
  frames: Frames,
  lastFrame: number,
  from: number,
  to: number,
  disclosure?: Disclosure,
): AsyncGenerator<LoggedEvent> {
  if (lastFrame === 0) return;
  for (let number = await frames.holding(Math.max(from, 1), lastFrame); number <= lastFrame; number++) {
    const frame = await frames.get(number);
    const { epoch, clock, position: first } = frame.header;
    for (const [index, { type, at, data, cause }] of frame.events().entries()) {
      const position = first + index;
      if (position > to) return;
      if (position < from) continue;
      const place = {
        position,
        frame: number,
        epoch,
        type,
        at: new Date(at).toISOString(),
        clock: clock + index,
      };
      yield {
        ...place,
        data: redact(data, disclosure),
        ...(cause ? { cause: { user: cause.user, id: cause.id } } : {}),
      };
    }
  }
}
